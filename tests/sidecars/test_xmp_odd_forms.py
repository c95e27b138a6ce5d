"""XMP in forms that few programs write: languages, qualifiers, lists."""

import pytest

from aesplugin.decision import Choice
from aesplugin.errors import SidecarError
from aesplugin.sidecars.xmp_names import NAMESPACE
from tests.sidecars.publications import BASE, XMP, everything, packet, text
from tests.sidecars.samples import foreign, lost, style

_GERMAN = (
    '<dc:description><rdf:Alt><rdf:li xml:lang="x-default"/><rdf:li xml:lang="de">Mein Text'
    "</rdf:li></rdf:Alt></dc:description>"
)


class TestCaptionsInSeveralLanguages:
    def test_a_caption_in_another_language_is_a_caption(self) -> None:
        before = packet(_GERMAN)
        merged = XMP.merge(before, everything())
        assert merged.data is not None
        assert lost(before, merged.data) == [] and "A caption." not in merged.data.decode()
        assert "dc:description stays the user's" in merged.kept
        assert XMP.read(merged.data).description == "Mein Text"

    def test_empty_languages_are_a_free_place_and_come_back(self) -> None:
        before = packet(_GERMAN.replace("Mein Text", " "))
        data = XMP.merge(before, everything()).data
        assert data is not None and text(data, "dc:description") == "A caption."
        back = XMP.restore(data.replace(b'about=""', b'about="x"'), before).data
        assert back is not None and b"aesplugin" not in back.replace(NAMESPACE.encode(), b"")
        assert lost(before.replace(b'about=""', b'about="x"'), back) == []

    def test_a_language_added_since_stays_when_ours_is_taken_back(self) -> None:
        before = packet("")
        data = XMP.merge(before, everything()).data
        assert data is not None
        added_since = b'<rdf:li xml:lang="de">Mein Text</rdf:li></rdf:Alt>'
        both = data.replace(b"</rdf:Alt>", added_since)
        again = XMP.merge(both, everything(description="Another."))
        assert "dc:description stays the user's" in again.kept
        assert XMP.read(both).description == "Mein Text"
        back = XMP.restore(both, before).data
        assert back is not None
        assert b"A caption." not in back and b'<rdf:li xml:lang="de">Mein Text</rdf:li>' in back


_QUALIFIED = {
    "resource": '<xmp:Rating rdf:parseType="Resource"><rdf:value>4</rdf:value>'
    "<my:by>me</my:by></xmp:Rating>",
    "node": "<xmp:Rating><rdf:Description><rdf:value>4</rdf:value><my:by>me</my:by>"
    "</rdf:Description></xmp:Rating>",
    "attribute": '<xmp:Rating rdf:value="4" my:by="me"/>',
    "comment": "<xmp:Rating><!-- mine -->4</xmp:Rating>",
    "caption": '<dc:description rdf:parseType="Resource"><rdf:value><rdf:Alt>'
    '<rdf:li xml:lang="x-default">Mine</rdf:li></rdf:Alt></rdf:value><my:by>me</my:by>'
    "</dc:description>",
    "caption's entry": '<dc:description><rdf:Alt><rdf:li xml:lang="x-default" '
    'rdf:parseType="Resource"><rdf:value>Mine</rdf:value><my:by>me</my:by></rdf:li></rdf:Alt>'
    "</dc:description>",
    "tag": '<dc:subject><rdf:Bag><rdf:li rdf:parseType="Resource"><rdf:value>sea</rdf:value>'
    "<my:by>me</my:by></rdf:li></rdf:Bag></dc:subject>",
    "tags": '<dc:subject rdf:parseType="Resource"><rdf:value><rdf:Bag><rdf:li>sea</rdf:li>'
    "</rdf:Bag></rdf:value><my:by>me</my:by></dc:subject>",
}


@pytest.mark.parametrize("form", _QUALIFIED)
def test_values_with_qualifiers_are_values(form: str) -> None:
    before = packet(_QUALIFIED[form])
    data = XMP.merge(before, everything(stars=2)).data
    assert data is not None
    assert lost(before, data) == []
    for field in ("Rating", "description"):
        count = before.decode().count(f":{field}>") // 2
        assert not count or f"Wrote{field.title()}" not in data.decode()
    back = XMP.restore(data, before).data
    assert back is not None
    assert foreign(back) == foreign(before)


def test_a_structure_where_tags_belong_is_refused() -> None:
    odd = packet('<dc:subject rdf:parseType="Resource"><my:tag>sea</my:tag></dc:subject>')
    with pytest.raises(SidecarError, match="subject in a form that cannot be edited"):
        XMP.merge(odd, everything())
    assert XMP.merge(odd, BASE).data is not None


def test_colours_of_darktable_come_back_as_a_list() -> None:
    first = XMP.merge(style("darktable"), everything(choice=Choice.REJECT)).data
    second = XMP.merge(first, everything(choice=Choice.PICK)).data
    assert first is not None and second is not None
    back = XMP.restore(second, first).data
    assert back is not None
    assert foreign(back) == foreign(first)
