"""What a person decides, and taking it back; a decision always wins over a proposal."""

from collections.abc import Sequence

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Run, RunKind
from aesplugin.decision import Proposal, Word
from aesplugin.errors import UsageError

_UNDOABLE = (RunKind.DECIDE, RunKind.CULL)
_BY, _PROPOSED = "by ", "proposed to "  # before the person's name in a run's note


def decide(
    catalog: Catalog,
    user: str,
    content_hashes: Sequence[str],
    word: Word,
    *,
    place: str = "",
    step: str | None = None,
) -> Run | None:
    """Stores the person's word on these photos as one run that can be undone.

    None where they said all of it before. `place` ends the run's note: where it was said. A `step`
    is an id of the caller's: sent again, it changes nothing.

    Raises:
        UsageError: no usable name, or stars outside 0..5.
        UnknownPhoto: a photo is not in the catalog.
    """
    note = f"{_BY}{user}{place}"
    return _run(catalog, catalog.people.say(user, content_hashes, word, note=note, step=step))


def accept(
    catalog: Catalog,
    user: str,
    proposals: Sequence[Proposal],
    *,
    place: str = "",
    step: str | None = None,
) -> Run | None:
    """The person accepts a cull: its picks and rejects become decisions, as one run.

    They never teach the model of the person's taste (see `People.decisions`). What the person
    decided before stays. None where nothing is left to decide. `place` and `step` as in `decide`.

    Raises:
        UsageError: no usable name.
        UnknownPhoto: a photo is not in the catalog.
    """
    choices = {proposal.content_hash: proposal.choice for proposal in proposals}
    note = f"{_PROPOSED}{user}{place}"
    return _run(catalog, catalog.people.accept(user, choices, note=note, step=step))


def place_of(run: Run, user: str) -> str:
    """Where the person said it: the `place` that its note ends with."""
    said = run.note.partition(", ")[2]  # behind the number of photos
    return said.removeprefix(_BY).removeprefix(_PROPOSED).removeprefix(user)


def undo(
    catalog: Catalog, run_id: int | None = None, *, user: str | None = None
) -> tuple[Run, int]:
    """Takes one run back (the newest that still stands where None); returns it and how many.

    With `user` only a run of that person.

    Raises:
        UsageError: no such run, none left, taken back already, one of another kind or person.
    """
    run = _newest(catalog, user) if run_id is None else catalog.runs.find(run_id)
    if run.kind not in _UNDOABLE:
        raise UsageError(f"run {run.id} is a {run.kind.value}; take it back with: unpublish")
    if run.undone_at is not None:
        raise UsageError(f"run {run.id} was taken back already")
    if user is not None and user not in run.users:
        raise UsageError(f"run {run.id} is not {user}'s ({run.note}); see: aesplugin undo --list")
    return run, catalog.runs.undo_decisions(run.id)


def undoable(catalog: Catalog, limit: int = 20, *, user: str | None = None) -> list[Run]:
    """The newest runs of decisions, the last first; of one person those that still stand."""
    if user is not None:
        return catalog.runs.standing(user, limit=limit)
    runs = [run for kind in _UNDOABLE for run in catalog.runs.latest(kind, limit)]
    return sorted(runs, key=lambda run: -run.id)[:limit]


def _newest(catalog: Catalog, user: str | None) -> Run:
    standing = catalog.runs.standing(user)
    if not standing:
        raise UsageError(f"there is nothing {'of ' + user + ' ' if user else ''}to take back")
    return standing[0]


def _run(catalog: Catalog, run_id: int | None) -> Run | None:
    return None if run_id is None else catalog.runs.find(run_id)
