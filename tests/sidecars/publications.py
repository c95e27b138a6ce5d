"""What tests publish into sidecars, and how they read it without our code."""

from datetime import UTC, datetime

from lxml import etree

from aesplugin.decision import Choice
from aesplugin.sidecars.base import Publication
from aesplugin.sidecars.rdf import RDF
from aesplugin.sidecars.xmp import XmpSidecar
from aesplugin.sidecars.xmp_names import PREFIXES

XMP = XmpSidecar()
BASE = Publication(
    score=7.314,
    comment="Soft light; the horizon leans.",
    suggestions=("Rotate right by about 2 degrees.", "Lift the exposure by half a stop."),
    model="fake",
    model_revision="fake-1",
    scored_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)
TAGS = (("aesplugin", "aesthetics strong"), ("aesplugin", "flaw tilted horizon"))


def everything(**changes: object) -> Publication:
    values = {name: getattr(BASE, name) for name in Publication.__dataclass_fields__}
    values |= {"stars": 4, "choice": Choice.PICK, "tags": TAGS, "description": "A caption."}
    return Publication(**(values | changes))  # type: ignore[arg-type]


def text(data: bytes, name: str) -> str | None:
    """One simple value, read independently of our code."""
    prefix, _, local = name.partition(":")
    uris = {
        "xmp": "http://ns.adobe.com/xap/1.0/",
        "digiKam": "http://www.digikam.org/ns/1.0/",
        "aes": "https://aesplugin.org/ns/1.0/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "darktable": "http://darktable.sf.net/",
        "lr": "http://ns.adobe.com/lightroom/1.0/",
    }
    full = f"{{{uris[prefix]}}}{local}"
    for node in etree.fromstring(data).iter(f"{{{RDF}}}Description"):
        if full in node.attrib:
            return str(node.attrib[full])
        if (child := node.find(full)) is not None:
            return ", ".join(t.strip() for t in child.itertext() if t.strip())
    return None


def packet(properties: str) -> bytes:
    """A packet of one description with these properties."""
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
        f'<rdf:Description rdf:about="" {spaces} xmlns:my="urn:mine">{properties}'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
