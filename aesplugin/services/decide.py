"""What a person decides, and taking it back; a decision always wins over a proposal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Run, RunKind
from aesplugin.decision import Choice, Decision, Proposal
from aesplugin.errors import UsageError

_UNDOABLE = (RunKind.DECIDE, RunKind.CULL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What changes; None leaves it as it is. `stars` 0 takes the stars away."""

    choice: Choice | None = None
    stars: int | None = None
    favorite: bool | None = None


def decide(catalog: Catalog, user: str, content_hashes: Sequence[str], word: Word) -> Run:
    """Stores the person's word on these photos as one run that can be undone.

    Raises:
        UsageError: no usable name, or stars outside 0..5.
        CatalogError: a photo is not in the catalog.
    """
    standing = catalog.people.decisions(user)
    items = [_changed(standing.get(key), key, user, word) for key in dict.fromkeys(content_hashes)]
    return _store(catalog, items, RunKind.DECIDE, f"{len(items)} photos, by {user}")


def accept(catalog: Catalog, user: str, proposals: Sequence[Proposal]) -> Run:
    """The person accepts a cull: its picks and rejects become decisions, as one run.

    They never teach the model of the person's taste (see `People.decisions`). What the person
    decided before stays.
    """
    standing = catalog.people.decisions(user)
    items = [
        _changed(standing.get(p.content_hash), p.content_hash, user, Word(choice=p.choice))
        for p in proposals
        if p.choice is not Choice.NONE and not _is_settled(standing.get(p.content_hash))
    ]
    return _store(catalog, items, RunKind.CULL, f"{len(items)} photos, proposed to {user}")


def undo(catalog: Catalog, run_id: int | None = None) -> tuple[Run, int]:
    """Takes one run back (the newest that still stands where None); returns it and how many.

    Raises:
        UsageError: no such run, none left, taken back already, or one of another kind.
    """
    run = _newest(catalog) if run_id is None else catalog.runs.find(run_id)
    if run.kind not in _UNDOABLE:
        raise UsageError(f"run {run.id} is a {run.kind.value}; take it back with: unpublish")
    if run.undone_at is not None:
        raise UsageError(f"run {run.id} was taken back already")
    return run, catalog.runs.undo_decisions(run.id)


def undoable(catalog: Catalog, limit: int = 20) -> list[Run]:
    """The newest runs of decisions, the last first."""
    runs = [run for kind in _UNDOABLE for run in catalog.runs.latest(kind, limit)]
    return sorted(runs, key=lambda run: -run.id)[:limit]


def _newest(catalog: Catalog) -> Run:
    standing = [run for run in undoable(catalog) if run.undone_at is None]
    if not standing:
        raise UsageError("there is nothing to take back")
    return standing[0]


def _store(catalog: Catalog, items: Sequence[Decision], kind: RunKind, note: str) -> Run:
    run_id = catalog.runs.begin(kind, note)
    catalog.people.decide(items, run_id=run_id)
    catalog.runs.finish(run_id)
    return catalog.runs.find(run_id)


def _changed(standing: Decision | None, key: str, user: str, word: Word) -> Decision:
    old = standing or Decision(content_hash=key, user=user)
    return replace(
        old,
        choice=old.choice if word.choice is None else word.choice,
        stars=old.stars if word.stars is None else (word.stars or None),
        favorite=old.favorite if word.favorite is None else word.favorite,
        decided_at=None,
    )


def _is_settled(standing: Decision | None) -> bool:
    return standing is not None and standing.choice is not Choice.NONE
