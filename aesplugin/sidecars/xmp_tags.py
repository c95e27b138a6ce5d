"""Tags and keywords in the three fields that programs read: a union, and only ours taken back."""

from collections.abc import Iterable

from aesplugin.sidecars.rdf import RdfTree, clean
from aesplugin.sidecars.xmp_names import (
    FOUND_TAGS,
    HIERARCHY,
    REMOVED_KEYWORDS,
    SUBJECT,
    TAGS_LIST,
    WROTE_KEYWORDS,
    WROTE_TAGS,
)

Paths = tuple[tuple[str, ...], ...]


def write_tags(tree: RdfTree, tags: Paths) -> None:
    """A union with what is there; of our own earlier tags those that no longer hold go."""
    wanted = ["|".join(clean(level) for level in path) for path in tags]
    wrote, found = tree.items(WROTE_TAGS), tree.items(FOUND_TAGS)
    _drop_tags(tree, [path for path in wrote if path not in wanted])
    paths, words = tree.items(HIERARCHY), tree.items(SUBJECT)
    ours = [path for path in wanted if path in wrote or path not in paths]
    theirs = [_leaf(p) for p in ours if _leaf(p) in (found if p in wrote else words)]
    _add_tags(tree, wanted)
    for name, values in ((WROTE_TAGS, ours), (FOUND_TAGS, theirs)):
        if tree.items(name) != values:
            tree.set_items(name, values)


def persons_tags(tree: RdfTree) -> tuple[str, ...]:
    """The plain tags without ours: every level, for darktable flattens a path into one a level."""
    ours = {level for path in tree.items(WROTE_TAGS) for level in path.split("|")}
    ours -= set(tree.items(FOUND_TAGS))
    ours |= {_leaf(path) for path in tree.items(WROTE_KEYWORDS)}
    return tuple(tag for tag in tree.items(SUBJECT) if tag not in ours)


def restore_tags(tree: RdfTree, old: RdfTree) -> None:
    """Takes back the tags we added since `old`; re-adds those we removed."""
    ours, before = tree.items(WROTE_TAGS), old.items(WROTE_TAGS)
    _drop_tags(tree, [path for path in ours if path not in before])
    _add_tags(tree, [path for path in before if path not in ours])


def write_keywords(tree: RdfTree, keywords: Paths) -> list[str]:
    """Those that the sidecar does not have yet, in whatever case or place; ours that no longer
    hold go.

    One of ours that a person removed in another program is not written again. Where all of them
    are gone, a program that did not know them has written its own, and they are.
    """
    wanted = ["|".join(clean(level) for level in path) for path in keywords]
    wrote, removed = tree.items(WROTE_KEYWORDS), tree.items(REMOVED_KEYWORDS)
    standing = [path for path in wrote if _stands(tree, path)] or wrote
    gone = [path for path in wrote if path not in standing]
    _drop_paths(tree, gone)
    kept = [path for path in standing if path in wanted]
    _drop_keywords(tree, [path for path in standing if path not in wanted], kept)
    theirs = _words_of_others(tree, kept)
    removed = list(dict.fromkeys([*removed, *gone]))
    new = [
        path
        for path in wanted
        if path not in (*kept, *removed) and _leaf(path).casefold() not in theirs
    ]
    _add_tags(tree, [*kept, *new])
    ours = [path for path in wanted if path in kept or path in new]
    for name, values in ((WROTE_KEYWORDS, ours), (REMOVED_KEYWORDS, removed)):
        if tree.items(name) != values:
            tree.set_items(name, values)
    again = [_leaf(path) for path in wanted if path in gone]
    return [f"keyword {word} stays removed" for word in again]


def restore_keywords(tree: RdfTree, old: RdfTree) -> None:
    """Takes back the keywords we added since `old`; re-adds those we removed."""
    ours, before = tree.items(WROTE_KEYWORDS), old.items(WROTE_KEYWORDS)
    added = [path for path in ours if path not in before]
    _drop_keywords(tree, added, [path for path in ours if path in before])
    removed = tree.items(REMOVED_KEYWORDS)
    _add_tags(tree, [path for path in before if path not in (*ours, *removed)])
    headings = {level for path in added for level in path.split("|")[:-1]}
    known = {*old.items(SUBJECT), *_levels(_paths(tree))}
    tree.drop_items(SUBJECT, headings - known)  # darktable writes each level as a word


def _stands(tree: RdfTree, path: str) -> bool:
    return path in tree.items(HIERARCHY) and _leaf(path) in tree.items(SUBJECT)


def _words_of_others(tree: RdfTree, ours: list[str]) -> set[str]:
    """Every word that the sidecar holds not because of us, in small letters."""
    leaves = {_leaf(path) for path in ours}
    words = {word for word in tree.items(SUBJECT) if word not in leaves}
    words |= _levels(path for path in _paths(tree) if path not in ours)
    return {word.casefold() for word in words}


def _drop_keywords(tree: RdfTree, paths: list[str], kept: list[str]) -> None:
    """The paths, and their last levels unless `kept` of ours or a path of others has them."""
    _drop_paths(tree, paths)
    others = _levels(path for path in _paths(tree) if path not in kept)
    others |= {_leaf(path) for path in kept}
    tree.drop_items(SUBJECT, [leaf for path in paths if (leaf := _leaf(path)) not in others])


def _drop_paths(tree: RdfTree, paths: list[str]) -> None:
    tree.drop_items(HIERARCHY, paths)
    tree.drop_items(TAGS_LIST, [path.replace("|", "/") for path in paths])


def _paths(tree: RdfTree) -> list[str]:
    slashed = (path.replace("/", "|") for path in tree.items(TAGS_LIST))
    return [*tree.items(HIERARCHY), *slashed]


def _levels(paths: Iterable[str]) -> set[str]:
    return {level for path in paths for level in path.split("|")}


def _add_tags(tree: RdfTree, paths: list[str]) -> None:
    tree.add_items(SUBJECT, [_leaf(path) for path in paths])
    tree.add_items(HIERARCHY, paths)
    tree.add_items(TAGS_LIST, [path.replace("|", "/") for path in paths], kind="Seq")


def _drop_tags(tree: RdfTree, paths: list[str]) -> None:
    theirs = tree.items(FOUND_TAGS)
    tree.drop_items(SUBJECT, [leaf for path in paths if (leaf := _leaf(path)) not in theirs])
    _drop_paths(tree, paths)


def _leaf(path: str) -> str:
    return path.rpartition("|")[2]
