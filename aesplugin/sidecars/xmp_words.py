"""Tags and captions: the user's fields, a union in the one and the empty place in the other."""

import hashlib

from aesplugin.sidecars.rdf import RdfTree, clean
from aesplugin.sidecars.xmp_names import (
    DESCRIPTION,
    FOUND_TAGS,
    HIERARCHY,
    SUBJECT,
    TAGS_LIST,
    WROTE_DESCRIPTION,
    WROTE_TAGS,
)


def write_description(tree: RdfTree, description: str | None) -> list[str]:
    """The caption, where there is none in any language."""
    wanted = clean(description) if description else ""
    present = tree.items(DESCRIPTION)
    if not wanted or wanted in present:
        return []
    if persons_descriptions(tree):
        return ["dc:description stays the user's"]
    tree.set_default(DESCRIPTION, wanted)
    tree.set_text(WROTE_DESCRIPTION, _mark_of(wanted))
    return []


def persons_descriptions(tree: RdfTree) -> list[str]:
    """The captions, one a language, without what we wrote."""
    return [text for text in tree.items(DESCRIPTION) if not _is_ours(tree, text)]


def _is_ours(tree: RdfTree, description: str) -> bool:
    return tree.text(WROTE_DESCRIPTION) == _mark_of(description)


def _mark_of(description: str) -> str:
    return hashlib.sha256(description.encode()).hexdigest()[:16]


def write_tags(tree: RdfTree, tags: tuple[tuple[str, ...], ...]) -> None:
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
    return tuple(tag for tag in tree.items(SUBJECT) if tag not in ours)


def _add_tags(tree: RdfTree, paths: list[str]) -> None:
    tree.add_items(SUBJECT, [_leaf(path) for path in paths])
    tree.add_items(HIERARCHY, paths)
    tree.add_items(TAGS_LIST, [path.replace("|", "/") for path in paths], kind="Seq")


def _drop_tags(tree: RdfTree, paths: list[str]) -> None:
    theirs = tree.items(FOUND_TAGS)
    tree.drop_items(SUBJECT, [leaf for path in paths if (leaf := _leaf(path)) not in theirs])
    tree.drop_items(HIERARCHY, paths)
    tree.drop_items(TAGS_LIST, [path.replace("|", "/") for path in paths])


def _leaf(path: str) -> str:
    return path.rpartition("|")[2]


def restore_description(tree: RdfTree, old: RdfTree) -> None:
    """Takes our caption back; those a person wrote since stay."""
    ours = [text for text in tree.items(DESCRIPTION) if _is_ours(tree, text)]
    if not ours or old.text(WROTE_DESCRIPTION) == tree.text(WROTE_DESCRIPTION):
        return
    if not persons_descriptions(tree):
        tree.copy_from(old, DESCRIPTION)
        return
    tree.drop_items(DESCRIPTION, ours)
    for earlier in old.items(DESCRIPTION):
        if _is_ours(old, earlier):
            tree.set_default(DESCRIPTION, earlier)


def restore_tags(tree: RdfTree, old: RdfTree) -> None:
    """Takes back the tags we added since `old`; re-adds those we removed."""
    ours, before = tree.items(WROTE_TAGS), old.items(WROTE_TAGS)
    _drop_tags(tree, [path for path in ours if path not in before])
    _add_tags(tree, [path for path in before if path not in ours])
