"""Proposal is the machine's word, Decision a person's; a decision always wins."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Choice(StrEnum):
    PICK = "pick"
    REJECT = "reject"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided; `stars` is 0..5 or None where none were given."""

    content_hash: str
    user: str
    choice: Choice = Choice.NONE
    stars: int | None = None
    favorite: bool = False
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a person changes; None leaves it as it is. `stars` 0 takes the stars away."""

    choice: Choice | None = None
    stars: int | None = None
    favorite: bool | None = None

    def on(self, standing: Decision) -> Decision:
        """What stands after it, as of now."""
        return replace(
            standing,
            choice=standing.choice if self.choice is None else self.choice,
            stars=standing.stars if self.stars is None else (self.stars or None),
            favorite=standing.favorite if self.favorite is None else self.favorite,
            decided_at=None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the machine proposes, and why, relative to the group the photo stands in."""

    content_hash: str
    choice: Choice  # NONE means "can't tell"
    reason: str
    group: str | None = None
