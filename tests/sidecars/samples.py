"""Sidecars in the styles of other programs, and a way to see that nothing of theirs was lost."""

from collections import Counter
from pathlib import Path

from lxml import etree

from aesplugin.sidecars.xmp_names import NAMESPACE, PREFIXES

FOLDER = Path(__file__).parent.parent / "fixtures" / "sidecars"
STYLES = ("darktable", "digikam", "lightroom")
# Fields of the user's that a publish may add to where nobody has spoken.
_SHARED = {
    f"{{{PREFIXES[prefix]}}}{local}"
    for prefix, local in (
        ("xmp", "Rating"),
        ("xmp", "Label"),
        ("digiKam", "PickLabel"),
        ("digiKam", "ColorLabel"),
        ("darktable", "colorlabels"),
        ("dc", "description"),
    )
}
_LISTS = {
    f"{{{PREFIXES[prefix]}}}{local}"
    for prefix, local in (("dc", "subject"), ("lr", "hierarchicalSubject"), ("digiKam", "TagsList"))
}


def style(name: str) -> bytes:
    return (FOLDER / f"{name}.xmp").read_bytes()


def foreign(data: bytes) -> Counter[str]:
    """Every node that is not ours, with its place, text and attributes, independent of our code.

    Fields of the user's that stood in the file are part of it; those a publish may add are
    counted only by `present`.
    """
    tree = etree.fromstring(data)
    found: Counter[str] = Counter()
    for node in tree.iter():
        if isinstance(node, etree._Comment):
            found[f"comment {node.text}"] += 1
            continue
        if _is_ours(node):
            continue
        where = "/".join(_steps(node))
        found[f"{where} = {(node.text or '').strip()}"] += 1
        for name, value in node.attrib.items():
            found[f"{where} @{name} = {value}"] += 1
    return found


def lost(before: bytes, after: bytes) -> list[str]:
    """Foreign nodes of `before` that `after` no longer has."""
    return sorted((foreign(before) - foreign(after)).elements())


def added(before: bytes, after: bytes) -> list[str]:
    """Nodes of `after` outside our namespace and outside what a publish may write."""
    extra = (foreign(after) - foreign(before)).elements()
    allowed = _SHARED | _LISTS
    return sorted(line for line in extra if not any(name in line for name in allowed))


def _is_ours(node: etree._Element) -> bool:
    chain = [node, *node.iterancestors()]
    if any(str(link.tag).startswith(f"{{{NAMESPACE}}}") for link in chain):
        return True
    declares = NAMESPACE in node.nsmap.values() and str(node.tag).endswith("}Description")
    return declares and NAMESPACE not in (
        parent.nsmap.values() if (parent := node.getparent()) is not None else ()
    )


def _steps(node: etree._Element) -> list[str]:
    return [str(link.tag) for link in reversed([node, *node.iterancestors()])]
