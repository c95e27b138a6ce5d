import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aesplugin.decision import Choice
from aesplugin.errors import SidecarError
from aesplugin.sidecars.base import Publication
from tests.programs import need
from tests.sidecars.publications import BASE, TAGS, XMP, everything, packet, text
from tests.sidecars.samples import STYLES, added, foreign, lost, style


class TestNewSidecar:
    def test_holds_our_data_and_nothing_of_the_users(self) -> None:
        data = XMP.merge(None, BASE).data
        assert data is not None
        assert text(data, "aes:Score") == "7.31"
        assert text(data, "aes:Comment") == BASE.comment
        assert text(data, "aes:Suggestions") == ", ".join(BASE.suggestions)
        assert text(data, "aes:ScoredAt") == "2026-01-02T03:04:05+00:00"
        for name in ("xmp:Rating", "xmp:Label", "dc:subject", "dc:description"):
            assert text(data, name) is None

    def test_text_that_xml_cannot_hold_is_cleaned(self) -> None:
        said = Publication(score=5.0, comment="a\x00b\ud800c\ufffe <d> & 'e'")
        data = XMP.merge(None, said).data
        assert data is not None
        assert text(data, "aes:Comment") == "abc <d> & 'e'"

    def test_never_declares_the_image_as_generated(self) -> None:
        data = XMP.merge(None, everything()).data
        assert data is not None
        assert b"DigitalSourceType" not in data
        assert b"iptc" not in data.lower()


@pytest.mark.parametrize("name", STYLES)
class TestForeignSidecar:
    def test_keeps_every_foreign_node_and_adds_only_ours(self, name: str) -> None:
        before = style(name)
        after = XMP.merge(before, everything()).data
        assert after is not None and after != before
        assert lost(before, after) == []
        assert added(before, after) == []

    def test_a_second_run_returns_the_very_same_bytes(self, name: str) -> None:
        once = XMP.merge(style(name), everything())
        twice = XMP.merge(once.data, everything())
        assert twice.data is once.data
        assert twice.changes == ()

    def test_restoring_gives_back_what_was(self, name: str) -> None:
        before = style(name)
        after = XMP.merge(before, everything()).data
        assert after is not None
        back = XMP.restore(after, before).data
        assert back is not None
        assert foreign(back) == foreign(before)
        assert b"aesplugin" not in back

    def test_restoring_keeps_what_others_changed_since(self, name: str) -> None:
        before = style(name)
        after = XMP.merge(before, everything()).data
        assert after is not None
        edited = after.replace(b"</rdf:RDF>", _LATER_EDIT + b"</rdf:RDF>")
        back = XMP.restore(edited, before).data
        assert back is not None
        assert b"later edit" in back
        assert b"aesplugin" not in back


_LATER_EDIT = (
    b'<rdf:Description rdf:about="" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">'
    b"<photoshop:Headline>later edit</photoshop:Headline></rdf:Description>"
)


class TestTheUsersFields:
    def test_a_rating_is_never_overwritten(self) -> None:
        merged = XMP.merge(style("digikam"), everything(stars=2))
        assert merged.data is not None
        assert text(merged.data, "xmp:Rating") == "4"
        assert "xmp:Rating stays 4" in merged.kept

    @pytest.mark.parametrize("present", ["-1", "1", "5", "3.0", "nonsense"])
    def test_whatever_stands_there_stays(self, present: str) -> None:
        data = style("darktable").replace(b'xmp:Rating="1"', f'xmp:Rating="{present}"'.encode())
        merged = XMP.merge(data, everything(stars=2))
        assert merged.data is not None
        assert text(merged.data, "xmp:Rating") == present

    def test_a_zero_or_absent_rating_is_filled(self) -> None:
        zero = style("darktable").replace(b'xmp:Rating="1"', b'xmp:Rating="0"')
        for data in (zero, style("lightroom"), None):
            merged = XMP.merge(data, everything(stars=2))
            assert merged.data is not None
            assert text(merged.data, "xmp:Rating") == "2"

    def test_nothing_of_the_users_is_written_without_opting_in(self) -> None:
        merged = XMP.merge(style("lightroom"), BASE)
        assert merged.data is not None
        assert all(change.field.startswith("aes:") for change in merged.changes)

    def test_a_caption_stays_the_users(self) -> None:
        merged = XMP.merge(style("digikam"), everything())
        assert merged.data is not None
        assert text(merged.data, "dc:description") == "Am Rhein, früh, Au bord du Rhin"
        assert "dc:description stays the user's" in merged.kept

    def test_a_color_we_did_not_write_stays(self) -> None:
        merged = XMP.merge(style("digikam"), everything(choice=Choice.REJECT))
        assert merged.data is not None
        assert text(merged.data, "xmp:Label") == "Purple"
        assert text(merged.data, "digiKam:ColorLabel") == "6"
        assert text(merged.data, "digiKam:PickLabel") == "3"

    def test_a_color_we_wrote_follows_the_decision(self) -> None:
        picked = XMP.merge(style("darktable"), everything()).data
        rejected = XMP.merge(picked, everything(choice=Choice.REJECT)).data
        assert rejected is not None
        assert text(rejected, "xmp:Label") == "Red"
        assert text(rejected, "darktable:colorlabels") == "0"
        cleared = XMP.merge(rejected, everything(choice=Choice.NONE)).data
        assert cleared is not None
        assert text(cleared, "xmp:Label") is None
        assert text(cleared, "digiKam:PickLabel") is None

    def test_tags_are_a_union_without_numbers(self) -> None:
        merged = XMP.merge(style("digikam"), everything())
        assert merged.data is not None
        found = text(merged.data, "digiKam:TagsList")
        assert found is not None
        assert "Orte/Köln" in found and "aesplugin/aesthetics strong" in found
        assert text(merged.data, "lr:hierarchicalSubject").count("|") == 4  # type: ignore[union-attr]

    def test_our_old_tags_go_when_they_no_longer_hold_and_foreign_ones_never(self) -> None:
        first = XMP.merge(style("digikam"), everything()).data
        second = XMP.merge(first, everything(tags=(("aesplugin", "aesthetics fair"),))).data
        assert second is not None
        subject = text(second, "dc:subject")
        assert subject == "Köln, Ünal & Çelik, aesthetics fair"

    def test_our_path_goes_even_where_its_word_was_a_persons(self) -> None:
        before = packet("<dc:subject><rdf:Bag><rdf:li>flaw noise</rdf:li></rdf:Bag></dc:subject>")
        first = XMP.merge(before, everything(tags=(("aesplugin", "flaw noise"),))).data
        assert first is not None and XMP.read(first).tags == ("flaw noise",)
        second = XMP.merge(first, everything(tags=(("aesplugin", "aesthetics fair"),))).data
        assert second is not None
        assert text(second, "lr:hierarchicalSubject") == "aesplugin|aesthetics fair"
        assert text(second, "digiKam:TagsList") == "aesplugin/aesthetics fair"
        assert text(second, "dc:subject") == "flaw noise, aesthetics fair"
        for data in (first, second):
            back = XMP.restore(data, before).data
            assert back is not None and foreign(back) == foreign(before)
        once = XMP.restore(second, first).data
        assert once is not None and foreign(once) == foreign(first)


class TestReading:
    def test_a_persons_words(self) -> None:
        words = XMP.read(style("digikam"))
        assert (words.stars, words.choice, words.label) == (4, Choice.PICK, "Purple")
        assert words.tags == ("Köln", "Ünal & Çelik")
        assert words.description == "Am Rhein, früh"

    def test_darktables_single_star_is_no_judgement(self) -> None:
        assert XMP.read(style("darktable")).stars is None
        assert XMP.read(style("darktable"), default_star=False).stars == 1

    def test_minus_one_is_a_reject(self) -> None:
        data = style("darktable").replace(b'xmp:Rating="1"', b'xmp:Rating="-1"')
        words = XMP.read(data)
        assert (words.stars, words.choice) == (-1, Choice.REJECT)

    def test_our_own_words_are_nobodys_judgement(self) -> None:
        data = XMP.merge(None, everything()).data
        assert data is not None
        words = XMP.read(data)
        assert (words.stars, words.choice, words.label) == (None, None, None)
        assert words.tags == () and words.description is None

    def test_a_person_who_changes_our_stars_has_spoken(self) -> None:
        data = XMP.merge(None, everything(stars=4)).data
        assert data is not None
        assert XMP.read(data.replace(b">4</xmp:Rating>", b">2</xmp:Rating>")).stars == 2

    @pytest.mark.parametrize("odd", ["6", "-7", "NaN", "1e400", "", "five"])
    def test_a_rating_out_of_range_is_none(self, odd: str) -> None:
        data = style("darktable").replace(b'xmp:Rating="1"', f'xmp:Rating="{odd}"'.encode())
        assert XMP.read(data).stars is None


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<x:xmpmeta xmlns:x="adobe:ns:meta/">&b;</x:xmpmeta>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">
<x:xmpmeta xmlns:x="adobe:ns:meta/"/>"""


class TestDamage:
    @pytest.mark.parametrize(
        "data",
        [b"", b"   \n", b"\0" * 100, b"no xml", BOMB, OUTSIDE, BOMB.decode().encode("utf-16")],
    )
    def test_is_refused(self, data: bytes) -> None:
        for attempt in (lambda: XMP.merge(data, BASE), lambda: XMP.read(data)):
            with pytest.raises(SidecarError):
                attempt()

    def test_other_xml_is_refused(self) -> None:
        with pytest.raises(SidecarError, match="not XMP"):
            XMP.merge(b"<html><body/></html>", BASE)

    @pytest.mark.parametrize("name", STYLES)
    def test_every_truncation_is_refused_or_complete(self, name: str) -> None:
        whole = style(name)
        random_cuts = random.Random(3).sample(range(len(whole)), 60)
        end = whole.index(b"</x:xmpmeta>") + len(b"</x:xmpmeta>")
        for cut in random_cuts:
            if cut >= end:
                continue
            with pytest.raises(SidecarError):
                XMP.merge(whole[:cut], BASE)

    def test_names_a_damage_in_one_line(self) -> None:
        with pytest.raises(SidecarError) as caught:
            XMP.merge(style("lightroom")[:700], BASE)
        assert "\n" not in str(caught.value) and "damaged" in str(caught.value)


class TestEncodings:
    def test_utf16_stays_utf16(self) -> None:
        text_ = style("digikam").decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
        data = text_.encode("utf-16")
        after = XMP.merge(data, BASE).data
        assert after is not None
        assert after.startswith((b"\xff\xfe", b"\xfe\xff"))
        assert lost(data, after) == []

    def test_a_byte_order_mark_stays(self) -> None:
        after = XMP.merge(b"\xef\xbb\xbf" + style("lightroom"), BASE).data
        assert after is not None
        assert after.startswith(b"\xef\xbb\xbf")
        assert XMP.merge(after, BASE).data is after

    def test_the_packet_wrapper_stays(self) -> None:
        after = XMP.merge(style("digikam"), BASE).data
        assert after is not None
        assert b"<?xpacket begin=" in after and b'<?xpacket end="w"?>' in after

    def test_other_encodings_are_refused(self) -> None:
        latin = style("lightroom").replace(
            b"<x:", b'<?xml version="1.0" encoding="EBCDIC-CP-BE"?><x:', 1
        )
        with pytest.raises(SidecarError):
            XMP.merge(latin, BASE)


class TestUnusualForms:
    def test_a_list_written_as_one_value_keeps_it(self) -> None:
        data = style("lightroom").replace(
            b'tiff:Make="Canon"',
            b'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:subject="sea" tiff:Make="Canon"',
        )
        after = XMP.merge(data, everything()).data
        assert after is not None
        assert (text(after, "dc:subject") or "").startswith("sea, ")

    def test_a_bare_rdf_root(self) -> None:
        data = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
        after = XMP.merge(data, BASE).data
        assert after is not None
        assert text(after, "aes:Score") == "7.31"


_anything = st.builds(
    Publication,
    score=st.none() | st.floats(1, 10),
    comment=st.none() | st.text(max_size=40),
    suggestions=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    stars=st.none() | st.integers(-1, 5),
    choice=st.none() | st.sampled_from(Choice),
    tags=st.none() | st.just(TAGS) | st.just((("aesplugin", "aesthetics fair"),)),
    description=st.none() | st.text(max_size=30),
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STYLES), st.lists(_anything, min_size=1, max_size=4))
def test_any_sequence_of_publishes_keeps_all_and_settles(
    name: str, publications: list[Publication]
) -> None:
    before = style(name)
    data: bytes | None = before
    for publication in publications:
        data = XMP.merge(data, publication).data
        assert XMP.merge(data, publication).data is data
    assert data is not None
    assert lost(before, data) == []
    assert added(before, data) == []
    back = XMP.restore(data, before).data
    assert back is not None
    assert foreign(back) == foreign(before)


def test_real_programs_read_what_we_write(tmp_path: Path) -> None:
    exiftool, exiv2 = need("exiftool"), need("exiv2")
    sidecar = tmp_path / "IMG.CR2.xmp"
    data = XMP.merge(style("lightroom"), everything()).data
    assert data is not None
    sidecar.write_bytes(data)
    said = subprocess.run(
        [exiftool, "-s3", "-Rating", "-Label", "-PickLabel", "-TagsList", sidecar],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert said[:3] == ["4", "Green", "3"]
    assert "aesplugin/aesthetics strong" in said[3]
    score = subprocess.run(
        [exiftool, "-s3", "-XMP-aes:Score", sidecar], capture_output=True, text=True, check=True
    ).stdout
    assert score.strip() == "7.31"
    listed = subprocess.run(
        [exiv2, "-PX", "pr", sidecar], capture_output=True, text=True, check=True
    ).stdout
    assert "Xmp.aes.Score" in listed and "Xmp.crs.ToneCurvePV2012" in listed
