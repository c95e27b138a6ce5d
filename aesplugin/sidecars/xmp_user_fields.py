"""The user's own fields, written only where nobody has: stars, flags, colours, captions."""

import hashlib

from aesplugin.decision import Choice
from aesplugin.sidecars.rdf import RdfTree, clean
from aesplugin.sidecars.xmp_names import (
    COLOR_LABEL,
    COLOR_LABELS,
    DESCRIPTION,
    LABEL,
    LISTS,
    MARKS,
    PICK_LABEL,
    PREFIXES,
    RATING,
    WROTE_DESCRIPTION,
    WROTE_LABEL,
    WROTE_PICK,
    WROTE_RATING,
    short,
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


def write_rating(tree: RdfTree, stars: int | None) -> list[str]:
    """The stars, where there are none; else one line saying what stays. 0 takes ours out."""
    if stars is None:
        return []
    present = tree.text(RATING)
    if stars == 0:
        if present is not None and present == tree.text(WROTE_RATING):
            tree.set_text(RATING, None)
            tree.set_text(WROTE_RATING, None)
        return []
    if present not in (None, tree.text(WROTE_RATING)) and stars_of(present) != 0:
        if present == str(stars):
            return []
        return [f"xmp:Rating stays {present}"]
    tree.set_text(RATING, str(stars))
    tree.set_text(WROTE_RATING, str(stars))
    return []


def write_choice(tree: RdfTree, choice: Choice | None) -> list[str]:
    """Pick or reject as flag and colour, where the user set neither."""
    if choice is None:
        return []
    if choice is Choice.NONE:
        _unmark(tree)
        return []
    pick, color, digikam, darktable = MARKS[choice]
    kept = []
    if _is_free(tree, PICK_LABEL, WROTE_PICK):
        tree.set_text(PICK_LABEL, pick)
        tree.set_text(WROTE_PICK, pick)
    elif tree.text(PICK_LABEL) != pick:
        kept.append(f"digiKam:PickLabel stays {tree.text(PICK_LABEL)}")
    if _colors_are_ours(tree):
        tree.set_text(LABEL, color)
        tree.set_text(COLOR_LABEL, digikam)
        if tree.uses(PREFIXES["darktable"]):
            tree.set_items(COLOR_LABELS, [darktable], kind="Seq")
        tree.set_text(WROTE_LABEL, color)
    elif tree.text(LABEL) != color:
        kept.append(f"the colour label stays {tree.text(LABEL) or 'as it is'}")
    return kept


def _unmark(tree: RdfTree) -> None:
    """The person took the decision back: what we wrote of it goes, what others wrote stays."""
    if (wrote := tree.text(WROTE_PICK)) is not None:
        if tree.text(PICK_LABEL) == wrote:
            tree.set_text(PICK_LABEL, None)
        tree.set_text(WROTE_PICK, None)
    if tree.text(WROTE_LABEL) is not None:
        if _colors_are_ours(tree):
            for name in (LABEL, COLOR_LABEL, COLOR_LABELS):
                tree.set_text(name, None)
        tree.set_text(WROTE_LABEL, None)


def _colors_are_ours(tree: RdfTree) -> bool:
    """No colour, or all of them as we wrote them."""
    colors = (tree.text(LABEL), _nonzero(tree.text(COLOR_LABEL)), *tree.items(COLOR_LABELS))
    if not any(colors):
        return True
    wrote = tree.text(WROTE_LABEL)
    mark = next((marks for marks in MARKS.values() if marks[1] == wrote), None)
    if mark is None:
        return False
    numbers = tree.items(COLOR_LABELS)
    return (
        tree.text(LABEL) in (None, mark[1])
        and _nonzero(tree.text(COLOR_LABEL)) in (None, mark[2])
        and numbers in ([], [mark[3]])
    )


def _is_free(tree: RdfTree, name: str, wrote: str) -> bool:
    present = _nonzero(tree.text(name))
    return present is None or present == tree.text(wrote)


def _nonzero(value: str | None) -> str | None:
    return None if value in (None, "0") else value


def restore_mark(tree: RdfTree, old: RdfTree, wrote: str, names: tuple[str, ...]) -> list[str]:
    """A mark we wrote since `old` goes back, unless a person changed it meanwhile."""
    ours = tree.text(wrote)
    if ours is None or ours == old.text(wrote):
        return []
    if tree.text(names[0]) not in (None, ours):
        return [f"{short(names[0])} stays {tree.text(names[0])}: changed since"]
    for name in names:
        if name in LISTS:
            tree.set_items(name, old.items(name), kind="Seq")
        else:
            tree.set_text(name, old.text(name))
    return []


def persons(tree: RdfTree, name: str, wrote: str) -> str | None:
    """A simple value unless it is what we wrote."""
    value = tree.text(name)
    return None if value is not None and value == tree.text(wrote) else value


def stars_of(value: str | None) -> int | None:
    """-1..5; a number outside or no number is no rating."""
    try:
        number = round(float(value)) if value is not None else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and -1 <= number <= 5 else None


def choice_of(pick_label: str | None, stars: int | None) -> Choice | None:
    """What the flag, or a rating of -1, says."""
    if stars == -1:
        return Choice.REJECT
    return {"1": Choice.REJECT, "3": Choice.PICK}.get(pick_label or "")
