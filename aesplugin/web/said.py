"""What a person's words on photos mean for the bursts that the page shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aesplugin.decision import Choice, Decision
from aesplugin.services.personal.merge_ratings import is_loved


@dataclass(frozen=True, slots=True)
class Said:
    """One person's words on everything, as they were when the page was asked for.

    Attributes:
        own: their decisions, by content hash.
        decisions: the same with what they love, see `with_loved`.
        companions: content hash of a photo shown → the other files of its exposure.
    """

    own: Mapping[str, Decision]
    decisions: Mapping[str, Decision]
    companions: Mapping[str, tuple[str, ...]]

    def settled(self) -> frozenset[str]:
        """The photos of which the person decided, or loves, any file."""
        settled = {key for key in self.decisions if self._is_settled(key)}
        return frozenset(settled | {key for key in self.companions if self._has_settled_files(key)})

    def settled_unseen(self, content_hashes: Iterable[str]) -> frozenset[str]:
        """Those of these photos that are settled by what the decision on them does not tell.

        By stars of a sidecar or of `prefer`, or by what was said of another file of the exposure.
        """
        return frozenset(key for key in content_hashes if self._is_unseen(key))

    def _is_unseen(self, key: str) -> bool:
        own = self.own.get(key)
        if own is not None and own.choice is not Choice.NONE:
            return False
        is_told = own is not None and is_loved(stars=own.stars, favorite=own.favorite)
        return self._has_settled_files(key) or (not is_told and self._is_settled(key))

    def _has_settled_files(self, key: str) -> bool:
        return any(self._is_settled(file) for file in self.companions.get(key, ()))

    def _is_settled(self, key: str) -> bool:
        return key in self.decisions and self.decisions[key].choice is not Choice.NONE
