"""Send stars, favourites, tags and stacks to another program's library."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aesplugin.catalog.records import Entry
from aesplugin.decision import Choice, Decision
from aesplugin.libraries.base import Item, Library, Update
from aesplugin.services.groups.frame import Group
from aesplugin.services.groups.group import Shoot
from aesplugin.services.keywords import keywords_of
from aesplugin.services.publish import TAG_BEGINNINGS, refuse_absent, stars_of, tags_of

_PORTION = 200
# A library keeps no note of who gave a tag: below a root of ours only ours are taken away.
_KEYWORDS = "aesplugin/keywords/"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOptions:
    """What the user chose to send."""

    ratings: bool = False
    only_mine: bool = False  # of the ratings: no stars of the score
    favorites: bool = False
    tags: bool = False
    keywords: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """The result for one photo; `update` is empty if the library is already up to date.

    `doubt` says in one line why nothing was sent: the file is not the one that was scored.
    """

    path: str
    found: bool
    update: Update
    doubt: str | None = None


def require_able(library: Library, options: SyncOptions, *, stacks: bool) -> None:
    """Nothing, where the library has every field that is to be updated.

    Raises:
        UsageError: names the first that it has not.
    """
    asked = (
        ("stars", "--ratings", options.ratings, library.has_stars),
        ("favourites", "--favorites", options.favorites, library.has_favorites),
        ("tags", "--tags", options.tags, library.has_tags),
        ("tags", "--keywords", options.keywords, library.has_tags),
        ("stacks", "--stacks", stacks, library.has_stacks),
    )
    refuse_absent(library.title, asked)


def sync(
    library: Library,
    entries: Iterable[tuple[Entry, str | None]],
    decisions: "dict[str, Decision]",
    options: SyncOptions,
    *,
    dry_run: bool = False,
) -> Iterable[Synced]:
    """One result per assessed file (see `with_doubts`). Ratings made in the library stay.

    Raises:
        LibraryError: the library cannot be reached; what was sent before stays.
    """
    portion: list[Entry] = []
    for entry, doubt in entries:
        if entry.assessment is None:
            continue
        if doubt is not None:
            yield Synced(path=entry.path, found=False, update=Update(), doubt=doubt)
            continue
        portion.append(entry)
        if len(portion) == _PORTION:
            yield from _tell(library, portion, decisions, options, dry_run=dry_run)
            portion = []
    yield from _tell(library, portion, decisions, options, dry_run=dry_run)


def stacks_of(
    shoot: Shoot, groups: Iterable[Group], decisions: Mapping[str, Decision]
) -> Iterator[list[str]]:
    """The paths of each group's frames: the person's picks first, then by score."""
    paths = {e.photo.content_hash: e.path for e in shoot.entries if e.photo is not None}
    standing = (Choice.PICK, Choice.NONE, Choice.REJECT)

    def place(key: str) -> tuple[int, float]:
        decision = decisions.get(key)
        choice = decision.choice if decision else Choice.NONE
        return standing.index(choice), -shoot.scores.get(key, 0.0)

    for group in groups:
        yield [paths[key] for key in sorted(group.frames, key=place)]


def stack_groups(library: Library, groups: Iterable[Sequence[str]], *, dry_run: bool) -> int:
    """Stacks each group of paths, its first on top; leaves existing stacks alone."""
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
    updates = {}
    results = []
    for entry in entries:
        item = found.get(entry.path)
        decision = decisions.get(entry.photo.content_hash) if entry.photo else None
        update = _update(entry, item, decision, options) if item else Update()
        if item and update != Update():
            updates[item.key] = update
        results.append(Synced(path=entry.path, found=item is not None, update=update))
    if updates and not dry_run:
        library.update(updates)
    yield from results


def _update(entry: Entry, item: Item, decision: Decision | None, options: SyncOptions) -> Update:
    assert entry.assessment is not None
    stars = favorite = None
    if options.ratings and item.stars is None:
        own = -1 if decision and decision.choice is Choice.REJECT else decision and decision.stars
        stars = own or (None if options.only_mine else stars_of(entry.assessment.score))
    if options.favorites and decision and decision.favorite and not item.favorite:
        favorite = True
    tags: list[str] = []
    beginnings: list[str] = []
    if options.tags:
        tags += ["/".join(path) for path in tags_of(entry)]
        beginnings += ["/".join(path) for path in TAG_BEGINNINGS]
    if options.keywords:
        tags += [_KEYWORDS + "/".join(path) for path in keywords_of(entry.assessment.content)]
        beginnings.append(_KEYWORDS)
    return Update(
        stars=stars, favorite=favorite, tags=tuple(tags), tag_beginnings=tuple(beginnings)
    )
