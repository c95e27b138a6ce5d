"""What ratings and decisions by hand say together of how a person likes a photo."""

from dataclasses import replace
from datetime import UTC, datetime

from aesplugin.catalog.records import Marks, Preference
from aesplugin.decision import Choice, Decision

MARKS = "marks"  # the source of what is read from stars, picks and favourites
_WORTH = {Choice.PICK: 4, Choice.REJECT: 1, Choice.NONE: None}  # stars, where none were given
_LOVED = 4  # stars of 5
_NEVER = datetime.min.replace(tzinfo=UTC)


def from_marks(marks: Decision) -> Preference | None:
    """Stars count; without them a pick or a reject does. 0 stars are no judgement."""
    word = Preference(
        content_hash=marks.content_hash,
        rating=max(1, marks.stars) if marks.stars else _WORTH[marks.choice],  # -1 is a reject
        favorite=marks.favorite or None,
        source=MARKS,
        stated_at=marks.decided_at,
    )
    return word if tells(word) else None


def together(said: Preference | None, marks: Marks | None) -> Preference:
    """One word of what was said in `prefer` and what was decided by hand."""
    if marks is None:
        assert said is not None
        return said
    decided = marks.decision
    own = from_marks(decided) or Preference(content_hash=decided.content_hash, source=MARKS)
    if said is None:
        return own
    rates = said.rating is None or (decided.stars and _is_later(marks.starred_at, said))
    favors = marks.favored_at and (said.favorite is None or _is_later(marks.favored_at, said))
    return replace(
        said,
        rating=(own.rating or said.rating) if rates else said.rating,
        favorite=decided.favorite if favors else said.favorite,
        source=own.source if rates and own.rating else said.source,
    )


def _is_later(moment: datetime | None, said: Preference) -> bool:
    return moment is not None and (said.stated_at is None or moment > said.stated_at)


def tells(word: Preference) -> bool:
    """Whether anything can be learnt from it."""
    return bool(word.rating or word.favorite)


def is_loved(*, stars: int | None, favorite: bool | None) -> bool:
    """Four or five stars, or a favourite."""
    return bool(favorite) or (stars or 0) >= _LOVED


def latest_first(word: Preference) -> tuple[float, str]:
    """The key to sort words by."""
    return (-(word.stated_at or _NEVER).timestamp(), word.content_hash)
