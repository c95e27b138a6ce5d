"""Tell another program's library what is known: stars, favourites, tags, stacks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aesplugin.catalog.records import Entry
from aesplugin.decision import Choice, Decision
from aesplugin.libraries.base import Item, Library, Wish
from aesplugin.services.group import Shoot
from aesplugin.services.groups.frame import Group
from aesplugin.services.publish import TAG_BEGINNINGS, stars_of, tags_of

_PORTION = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOptions:
    """What the user opted into."""

    ratings: bool = False
    only_mine: bool = False  # of the ratings: no stars of the score
    favorites: bool = False
    tags: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What became of one photo; `wish` is empty where the library knows it all already.

    `doubt` says in one line why nothing was told: the file is not the one that was scored.
    """

    path: str
    found: bool
    wish: Wish
    doubt: str | None = None


def sync(
    library: Library,
    entries: Iterable[tuple[Entry, str | None]],
    decisions: "dict[str, Decision]",
    options: SyncOptions,
    *,
    dry_run: bool = False,
) -> Iterable[Synced]:
    """One result per assessed file (see `with_doubts`). What a person said in the library stays.

    Raises:
        LibraryError: the library cannot be reached; what was told stays told.
    """
    portion: list[Entry] = []
    for entry, doubt in entries:
        if entry.assessment is None:
            continue
        if doubt is not None:
            yield Synced(path=entry.path, found=False, wish=Wish(), doubt=doubt)
            continue
        portion.append(entry)
        if len(portion) == _PORTION:
            yield from _tell(library, portion, decisions, options, dry_run=dry_run)
            portion = []
    yield from _tell(library, portion, decisions, options, dry_run=dry_run)


def stacks_of(
    shoot: Shoot, groups: Iterable[Group], decisions: Mapping[str, Decision]
) -> Iterator[list[str]]:
    """The paths of each group's frames: what the person picked first, then by score."""
    paths = {e.photo.content_hash: e.path for e in shoot.entries if e.photo is not None}
    standing = (Choice.PICK, Choice.NONE, Choice.REJECT)

    def place(key: str) -> tuple[int, float]:
        decision = decisions.get(key)
        choice = decision.choice if decision else Choice.NONE
        return standing.index(choice), -shoot.scores.get(key, 0.0)

    for group in groups:
        yield [paths[key] for key in sorted(group.frames, key=place)]


def stack_groups(library: Library, groups: Iterable[Sequence[str]], *, dry_run: bool) -> int:
    """Stacks each group of paths, its first on top; leaves alone what is stacked already."""
    made = 0
    for paths in groups:
        found = library.find(paths)
        keys = [found[path].key for path in paths if path in found]
        if len(keys) > 1 and not library.stacked(keys):
            made += 1
            if not dry_run:
                library.stack(keys)
    return made


def _tell(
    library: Library,
    entries: Sequence[Entry],
    decisions: "dict[str, Decision]",
    options: SyncOptions,
    *,
    dry_run: bool,
) -> Iterable[Synced]:
    found = library.find([entry.path for entry in entries])
    wishes = {}
    results = []
    for entry in entries:
        item = found.get(entry.path)
        decision = decisions.get(entry.photo.content_hash) if entry.photo else None
        wish = _wish(entry, item, decision, options) if item else Wish()
        if item and wish != Wish():
            wishes[item.key] = wish
        results.append(Synced(path=entry.path, found=item is not None, wish=wish))
    if wishes and not dry_run:
        library.tell(wishes)
    yield from results


def _wish(entry: Entry, item: Item, decision: Decision | None, options: SyncOptions) -> Wish:
    assert entry.assessment is not None
    stars = favorite = None
    if options.ratings and item.stars is None:
        own = -1 if decision and decision.choice is Choice.REJECT else decision and decision.stars
        stars = own or (None if options.only_mine else stars_of(entry.assessment.score))
    if options.favorites and decision and decision.favorite and not item.favorite:
        favorite = True
    if not options.tags:
        return Wish(stars=stars, favorite=favorite)
    return Wish(
        stars=stars,
        favorite=favorite,
        tags=tuple("/".join(path) for path in tags_of(entry)),
        tag_beginnings=tuple("/".join(path) for path in TAG_BEGINNINGS),
    )
