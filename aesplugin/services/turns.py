"""What an undo or redo says: "3 picks, 4 rejects in the burst of 8 taken back"."""

from collections import Counter
from collections.abc import Iterator, Mapping

from aesplugin.catalog.records import Turn
from aesplugin.decision import Choice, Decision

_CHOICES = {
    Choice.PICK: ("pick", "picks"),
    Choice.REJECT: ("reject", "rejects"),
    Choice.NONE: ("cleared decision", "cleared decisions"),
}
_RATED = ("star rating", "star ratings")
_UNRATED = ("removed star rating", "removed star ratings")
_LOVED = ("favourite", "favourites")
_UNLOVED = ("removed favourite", "removed favourites")

Words = tuple[str, str]  # of one, of several


def taken_back(turn: Turn, names: Mapping[str, str], place: str = "") -> str:
    """One line about what was undone; `names` are file names by content hash."""
    return _line(turn, names, turn.after, turn.before, f"{place} taken back")


def made_again(turn: Turn, names: Mapping[str, str], place: str = "") -> str:
    """One line about what was redone."""
    return _line(turn, names, turn.before, turn.after, f"{place} made again")


def _line(
    turn: Turn,
    names: Mapping[str, str],
    without: Mapping[str, Decision],
    given: Mapping[str, Decision],
    ending: str,
) -> str:
    keys = {**without, **given}
    counted = Counter(words for key in keys for words in _changes(without.get(key), given.get(key)))
    if not counted:
        return f"Step {turn.run.id}{ending}"
    photos = [key for key in keys if [*_changes(without.get(key), given.get(key))]]
    if len(photos) == 1:
        parts = ", ".join(one for one, _ in counted)
        named = f" of {names[photos[0]]}" if photos[0] in names else ""
        return f"{parts[0].upper()}{parts[1:]}{named}{ending}"
    parts = ", ".join(f"{n} {one if n == 1 else more}" for (one, more), n in counted.items())
    return parts + ending


def _changes(without: Decision | None, given: Decision | None) -> Iterator[Words]:
    """What the step said of one photo."""
    old = without or Decision(content_hash="", user="")
    new = given or Decision(content_hash="", user="")
    if new.choice is not old.choice:
        yield _CHOICES[new.choice]
    if new.stars != old.stars:
        yield _RATED if new.stars else _UNRATED
    if new.favorite != old.favorite:
        yield _LOVED if new.favorite else _UNLOVED
