"""An encoding is taken in whatever spelling, or refused in one line; all that is written stays."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from aesplugin.errors import SidecarError
from aesplugin.sidecars.base import Publication
from aesplugin.sidecars.xmp import XmpSidecar

XMP = XmpSidecar()
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syn'
    'tax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating='
    '"4" xmlns:u="urn:u" u:note="caf\xe9" u:more="é{more}"/></rdf:RDF></x:xmpmeta>'
)
UTF8 = ("utf8", "UTF8", "utf_8", "UTF_8", "Utf-8", "utf-8", " UTF-8 ", "cp65001", "U8")
BYTEWISE = ("latin-1", "Latin1", "iso-8859-1", "ISO8859-1", "windows-1252", "CP1252", "l1")


def packet(label: str, quote: str = '"', version: str = "1.0", *, more: str = "") -> str:
    declaration = f"<?xml version={quote}{version}{quote} encoding={quote}{label}{quote}?>"
    return declaration + PACKET.replace("{more}", more)


def written(data: bytes, **changes: object) -> bytes:
    comment = {"comment": "žluťoučký 馬"}
    merged = XMP.merge(data, Publication(score=7.31, **(comment | changes)))  # type: ignore[arg-type]
    assert merged.data is not None
    return merged.data


def user_values(data: bytes, codec: str) -> list[str]:
    """What the user wrote, read without our own code."""
    text = data.decode(codec).lstrip("\ufeff")
    root = etree.fromstring(text[text.index("?>") + 2 :].encode())
    return [str(value) for value in root.xpath("//@u:*", namespaces={"u": "urn:u"})]


def check(data: bytes, codec: str, more: str) -> None:
    """The rating is read, and writing keeps mark, declaration and every value."""
    assert XMP.read(data).stars == 4
    after = written(data)
    start = data.decode(codec).split("?>")[0]
    assert after.decode(codec).startswith(start)
    assert user_values(after, codec) == ["caf\xe9", "é" + more]
    assert XMP.read(after).stars == 4
    assert written(after) == after  # and it reads what it wrote
    text = after.decode(codec)
    assert (
        etree.fromstring(text[text.index("?>") + 2 :].encode()).xpath(
            "string(//*[local-name()='Comment'])"
        )
        == "žluťoučký 馬"
    )


def test_the_cases_sidecar_is_taken(cases_dir: Path) -> None:
    (file,) = cases_dir.glob("15-*/a.jpg.xmp")
    assert XMP.read(file.read_bytes()).stars == 4
    assert b"utf8" in written(file.read_bytes())


def test_of_all_forms_none_loses_its_rating_or_ends_in_more_than_a_line(
    made: Callable[[str], Path],
) -> None:
    refused = {}
    for file in sorted((made("15") / "xmp").glob("*.xmp")):
        try:
            stars = XMP.read(file.read_bytes()).stars
        except SidecarError as error:
            refused[file.name[:2]] = str(error)
            continue
        lacking = {"10": -1, "16": None, "18": None}
        assert stars == lacking.get(file.name[:2], 4), file.name
        before = written(file.read_bytes())
        assert written(before) == before, file.name
    assert set(refused) == {"13", "15", "20", "27", "29", "30"}  # no XML
    assert not any("\n" in reason for reason in refused.values())


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("label", UTF8)
def test_utf8_by_any_name(label: str, quote: str) -> None:
    check(packet(label, quote, more="馬").encode(), "utf-8", "馬")


@pytest.mark.parametrize("label", ["UTF-16", "utf16", "UTF-16LE", "utf-32"])
def test_utf8_labelled_as_what_it_cannot_be(label: str) -> None:
    """As .NET writes text it calls UTF-16 into a file of bytes."""
    check(packet(label, more="馬").encode(), "utf-8", "馬")


@pytest.mark.parametrize("label", ["UTF-16", "utf_16", "utf8", "UCS-2", "latin-1"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-8"])
def test_a_byte_order_mark_tells_more_than_any_label(label: str, codec: str) -> None:
    check(("\ufeff" + packet(label, more="馬")).encode(codec), codec, "馬")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(codec: str) -> None:
    check(packet("utf-16", more="馬").encode(codec), codec, "馬")


@pytest.mark.parametrize("label", BYTEWISE)
def test_one_byte_a_character(label: str) -> None:
    """What the encoding lacks is written as a reference."""
    codec = "cp1252" if "1252" in label else "latin-1"
    check(packet(label).encode(codec), codec, "")


@pytest.mark.parametrize("label", ["us-ascii", "ASCII", "ANSI_X3.4-1968"])
def test_ascii_holds_everything_by_references(label: str) -> None:
    data = packet(label).replace("é", "&#233;").encode("ascii")
    after = written(data)
    assert after.isascii()
    assert user_values(after, "ascii") == ["café", "é"]


@pytest.mark.parametrize(
    "data",
    [
        packet("EBCDIC-CP-BE").encode(),
        packet("shift_jis").encode("shift_jis", "replace"),
        packet("base64").encode(),
        packet("nonsense").encode(),
        packet("").encode(),
        packet("utf8").encode("latin-1"),  # says one thing and is another
        packet("ascii").encode(),
        b"\xff\xfe" + packet("utf-16").encode("utf-16-le")[:-1],
    ],
)
def test_what_cannot_be_told_is_refused_in_one_line(data: bytes) -> None:
    for attempt in (XMP.read, lambda found: XMP.merge(found, Publication(score=5.0))):
        with pytest.raises(SidecarError) as caught:
            attempt(data)
        assert "\n" not in str(caught.value)
