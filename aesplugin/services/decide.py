"""A person's decisions and groups, and undo; a decision always has precedence over a proposal."""

from collections.abc import Mapping, Sequence

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Run, RunKind
from aesplugin.decision import Proposal, Word
from aesplugin.errors import UsageError
from aesplugin.services.groups.by_hand import Change

_UNDOABLE = (RunKind.DECIDE, RunKind.CULL, RunKind.GROUP)
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
    """Stores the person's decision about these photos as one run that can be undone.

    None if it changes nothing. `place`, where it was decided, ends the run's note. A `step`
    is an id of the caller's: sent again, it changes nothing.

    Raises:
        UsageError: no usable name, or stars outside 0..5.
        UnknownPhoto: a photo is not in the catalog.
    """
    note = f"{_BY}{user}{place}"
    return _run(catalog, catalog.people.say(user, content_hashes, word, note=note, step=step))


def decide_each(
    catalog: Catalog, user: str, words: Mapping[str, Word], *, place: str = ""
) -> Run | None:
    """The same with a decision of its own for each photo, by content hash."""
    note = f"{_BY}{user}{place}"
    return _run(catalog, catalog.people.say_each(user, words, note=note))


def keep(
    catalog: Catalog,
    user: str,
    picks: Sequence[str],
    rejects: Sequence[str],
    *,
    place: str = "",
    step: str | None = None,
) -> Run | None:
    """The person picks some photos and rejects the others, as one run.

    Of the rejects what they decided before stays. None if it changes nothing. `place` and `step`
    as in `decide`.

    Raises:
        UsageError: no usable name.
        UnknownPhoto: a photo is not in the catalog.
    """
    note = f"{_BY}{user}{place}"
    return _run(catalog, catalog.people.keep(user, picks, rejects, note=note, step=step))


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


def regroup(
    catalog: Catalog, user: str, change: Change, *, place: str = "", step: str | None = None
) -> Run | None:
    """Stores which photos are one group, for everybody, as one run. `place` and `step` as above.

    Raises:
        UsageError: no usable name.
        UnknownPhoto: a photo is not in the catalog.
    """
    note = f"{change.what}, {_BY}{user}{place}"
    return _run(catalog, catalog.hand_groups.store(user, change.parts, note=note, step=step))


def place_of(run: Run, user: str) -> str:
    """Where it was decided: the `place` at the end of the run's note."""
    label = run.note.partition(", ")[2]  # behind the number of photos, or what was done
    return label.removeprefix(_BY).removeprefix(_PROPOSED).removeprefix(user)


def undo(
    catalog: Catalog, run_id: int | None = None, *, user: str | None = None
) -> tuple[Run, int]:
    """Undoes a run (None: the newest still in effect); returns it and the number of photos.

    With `user` only a run of that person.

    Raises:
        UsageError: no such run, none left, taken back already, one of another kind or person.
    """
    run = _newest(catalog, user) if run_id is None else catalog.runs.find(run_id)
    if run.kind not in _UNDOABLE:
        raise UsageError(
            f"run {run.id} is a {run.kind.value} run; undo it with: aesplugin unpublish {run.id}"
        )
    if run.undone_at is not None:
        raise UsageError(f"run {run.id} is already undone")
    if user is not None and user not in run.users:
        raise UsageError(f"run {run.id} is not {user}'s ({run.note}); see: aesplugin undo --list")
    return run, catalog.runs.undo_decisions(run.id)


def undoable(catalog: Catalog, limit: int = 20, *, user: str | None = None) -> list[Run]:
    """The newest runs of decisions, latest first; for one person those still in effect."""
    if user is not None:
        return catalog.runs.standing(user, limit=limit)
    runs = [run for kind in _UNDOABLE for run in catalog.runs.latest(kind, limit)]
    return sorted(runs, key=lambda run: -run.id)[:limit]


def _newest(catalog: Catalog, user: str | None) -> Run:
    standing = catalog.runs.standing(user)
    if not standing:
        raise UsageError(
            f"there is no run of {user} to undo" if user else "there is nothing to undo"
        )
    return standing[0]


def _run(catalog: Catalog, run_id: int | None) -> Run | None:
    return None if run_id is None else catalog.runs.find(run_id)
