"""Keywords in sidecars: a union, theirs stay, and only ours are taken back."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aesplugin.errors import SidecarError
from aesplugin.sidecars.base import Merged, Publication
from tests.programs import need
from tests.sidecars.publications import TAGS, XMP, packet, text
from tests.sidecars.samples import STYLES, added, foreign, lost, style

BIRD = (("animal",), ("animal", "bird"), ("kind", "wildlife"))
SNOW = (("snow",), ("kind", "landscape"))
FIELDS = {"dc:subject": "Bag", "lr:hierarchicalSubject": "Bag", "digiKam:TagsList": "Seq"}


def said(
    keywords: tuple[tuple[str, ...], ...] | None, tags: tuple[tuple[str, ...], ...] | None = None
) -> Publication:
    return Publication(score=5.0, keywords=keywords, tags=tags)


def merge(data: bytes | None, keywords: tuple[tuple[str, ...], ...] | None) -> bytes:
    found = XMP.merge(data, said(keywords)).data
    assert found is not None
    return found


def restore(data: bytes, before: bytes | None) -> bytes:
    found = XMP.restore(data, before).data
    assert found is not None
    return found


def words(**fields: list[str]) -> bytes:
    """A sidecar with these lists, by the local names of FIELDS."""
    parts = []
    for name, kind in FIELDS.items():
        if values := fields.get(name.partition(":")[2]):
            items = "".join(f"<rdf:li>{value}</rdf:li>" for value in values)
            parts.append(f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>")
    return packet("".join(parts))


def lists(data: bytes) -> list[str | None]:
    return [text(data, name) for name in FIELDS]


def test_each_field_in_its_own_form() -> None:
    assert lists(merge(None, BIRD)) == [
        "animal, bird, wildlife",
        "animal, animal|bird, kind|wildlife",
        "animal, animal/bird, kind/wildlife",
    ]


@pytest.mark.parametrize("name", STYLES)
def test_others_keywords_stay_and_ours_go(name: str) -> None:
    before = style(name)
    after = merge(before, BIRD)
    assert lost(before, after) == [] and added(before, after) == []
    assert merge(after, BIRD) is after
    assert foreign(restore(after, before)) == foreign(before)


def test_ours_that_no_longer_hold_go() -> None:
    before = words(subject=["sea"], hierarchicalSubject=["sea"], TagsList=["sea"])
    assert lists(merge(merge(before, BIRD), SNOW)) == [
        "sea, snow, landscape", "sea, snow, kind|landscape", "sea, snow, kind/landscape",
    ]  # fmt: skip
    assert lists(merge(merge(before, BIRD), ())) == ["sea", "sea", "sea"]


def test_tags_and_keywords_do_not_take_each_other_away() -> None:
    both = XMP.merge(None, said(BIRD, TAGS)).data
    for only in (said(BIRD), said(None, TAGS), said(None)):
        assert lists(XMP.merge(both, only).data or b"") == lists(both or b"")
    assert "animal|bird" not in (text(XMP.merge(both, said((), TAGS)).data or b"", "dc:subject"))
    without = XMP.merge(both, said(BIRD, ())).data or b""
    assert text(without, "lr:hierarchicalSubject") == "animal, animal|bird, kind|wildlife"


@pytest.mark.parametrize(
    "theirs",
    [
        {"subject": ["bird"]},
        {"subject": ["BIRD"]},
        {"subject": ["Bird"], "hierarchicalSubject": ["Nature|Bird"]},
        {"hierarchicalSubject": ["animal|bird"]},
        {"TagsList": ["animal/bird"]},
        {"TagsList": ["Bird/Sparrow"]},
    ],
)
def test_a_word_that_a_person_has_is_theirs(theirs: dict[str, list[str]]) -> None:
    before = words(**theirs)
    after = merge(before, (("animal", "bird"), ("rock",)))
    wrote = text(after, "aes:WroteKeywords")
    assert wrote == "rock" and lost(before, after) == []
    assert foreign(restore(after, before)) == foreign(before)
    assert lists(merge(after, ())) == lists(before)
    assert "rock" not in XMP.read(after).tags
    assert XMP.read(after).tags == tuple(theirs.get("subject", ()))


def test_one_that_a_person_removed_is_not_written_again() -> None:
    after = merge(None, BIRD)
    edited = after.replace(b"<rdf:li>bird</rdf:li>", b"").replace(
        b"<rdf:li>animal|bird</rdf:li>", b"", 1
    )
    assert edited.count(b"animal|bird") == 1  # in our record, or else in the field
    again = XMP.merge(edited, said(BIRD))
    assert again.kept == ("keyword bird stays removed",)
    assert lists(again.data or b"") == [
        "animal, wildlife", "animal, kind|wildlife", "animal, kind/wildlife",
    ]  # fmt: skip
    assert XMP.merge(again.data, said(BIRD)).data is again.data
    later = merge(merge(again.data, SNOW), BIRD)
    assert "bird" not in (text(later, "dc:subject") or "")
    assert b"aesplugin" not in restore(again.data or b"", None)


def test_one_that_a_person_moved_stays_where_it_is() -> None:
    before = merge(None, BIRD)
    head, _, tail = before.partition(b"<rdf:li>animal|bird</rdf:li>")
    if b"WroteKeywords" in head:  # the record comes first
        second, _, tail = tail.partition(b"<rdf:li>animal|bird</rdf:li>")
        head += b"<rdf:li>animal|bird</rdf:li>" + second
    moved = head + b"<rdf:li>Nature|bird</rdf:li>" + tail
    for data in (merge(moved, BIRD), restore(moved, None), merge(moved, ())):
        assert text(data, "lr:hierarchicalSubject") is not None
        assert "Nature|bird" in (text(data, "lr:hierarchicalSubject") or "")
        assert "bird" in (text(data, "dc:subject") or "").split(", ")
        assert "animal|bird" not in (text(data, "lr:hierarchicalSubject") or "")


def test_where_a_program_wrote_over_all_of_them_they_are_written_again() -> None:
    record = "".join(f"<rdf:li>{'|'.join(path)}</rdf:li>" for path in SNOW)
    record = f"<aes:WroteKeywords><rdf:Bag>{record}</rdf:Bag></aes:WroteKeywords>"
    left = "<dc:subject><rdf:Bag><rdf:li>snow</rdf:li></rdf:Bag></dc:subject>"
    trip = "<lr:hierarchicalSubject>Trip|Oslo</lr:hierarchicalSubject>"
    for fields, words_, paths in (
        ("", "snow, landscape", "snow, kind|landscape"),
        (left + trip, "snow, landscape", "Trip|Oslo, snow, kind|landscape"),
    ):
        again = merge(packet(record + fields), SNOW)
        assert lists(again)[:2] == [words_, paths]
        assert lists(merge(again, ()))[:2] == [None, "Trip|Oslo" if fields else None]


def test_what_darktable_makes_of_the_levels_goes_too() -> None:
    before = words(subject=["sea"])
    after = merge(before, BIRD)
    flat = after.replace(
        b"<rdf:li>wildlife</rdf:li>", b"<rdf:li>wildlife</rdf:li><rdf:li>kind</rdf:li>"
    )
    assert flat != after
    assert lists(restore(flat, before)) == ["sea", None, None]


def test_many_keywords_of_others_stay() -> None:
    theirs = [f"word {number}" for number in range(20_000)]
    before = words(subject=theirs, hierarchicalSubject=theirs, TagsList=theirs)
    after = merge(before, BIRD)
    assert lost(before, after) == []
    assert foreign(restore(after, before)) == foreign(before)


def test_a_structure_where_words_belong_is_refused() -> None:
    odd = packet('<dc:subject rdf:parseType="Resource"><my:a>b</my:a></dc:subject>')
    with pytest.raises(SidecarError, match="subject"):
        merge(odd, BIRD)


_POOL = [*BIRD, *SNOW, ("plant", "flower"), ("kind", "flower"), ("Köln",), ("🐦",)]
_some = st.lists(st.sampled_from(_POOL), unique=True, max_size=6).map(tuple)
_publications = st.builds(said, st.none() | _some, st.none() | st.just(TAGS) | st.just(()))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STYLES), st.lists(_publications, min_size=1, max_size=5))
def test_any_sequence_keeps_all_and_settles(name: str, publications: list[Publication]) -> None:
    before: bytes = style(name)
    states: list[bytes] = [before]
    for publication in publications:
        merged: Merged = XMP.merge(states[-1], publication)
        assert merged.data is not None
        assert XMP.merge(merged.data, publication).data is merged.data
        assert lost(before, merged.data) == []
        states.append(merged.data)
    assert foreign(restore(states[-1], before)) == foreign(before)
    for now, old in zip(reversed(states[1:]), reversed(states[:-1]), strict=True):
        assert set(foreign(restore(now, old))) == set(foreign(old))


@settings(max_examples=30, deadline=None)
@given(_some, st.lists(_some, max_size=3))
def test_what_is_written_does_not_depend_on_what_was(
    wanted: tuple[tuple[str, ...], ...], earlier: list[tuple[tuple[str, ...], ...]]
) -> None:
    data: bytes | None = None
    for keywords in earlier:
        data = merge(data, keywords)
    found, fresh = (lists(merge(one, wanted)) for one in (data, None))
    assert [set((a or "").split(", ")) for a in found] == [
        set((b or "").split(", ")) for b in fresh
    ]


@pytest.mark.parametrize("name", STYLES)
def test_other_programs_read_and_keep_them(name: str, tmp_path: Path) -> None:
    """A round trip: exiftool and exiv2 read, each adds a word, and ours alone are taken back."""
    sidecar = tmp_path / "IMG.CR2.xmp"
    before = style(name)
    sidecar.write_bytes(merge(before, BIRD))
    asked = [need("exiftool"), "-s3", "-sep", ";", "-XMP-dc:Subject", "-XMP-lr:HierarchicalSubject"]
    found = _run(*asked, "-XMP-digiKam:TagsList", str(sidecar)).splitlines()
    for line, path in zip(found, ("bird", "animal|bird", "animal/bird"), strict=True):
        assert path in line.split(";")
    listed = _run(need("exiv2"), "-PXt", "pr", str(sidecar))
    assert "animal|bird" in listed and "animal/bird" in listed and "wildlife" in listed
    _run(need("exiftool"), "-overwrite_original", "-XMP-dc:Subject+=by exiftool", str(sidecar))
    _run(need("exiv2"), "-M", "set Xmp.lr.hierarchicalSubject XmpBag Trip|Oslo", str(sidecar))
    edited = sidecar.read_bytes()
    assert XMP.merge(edited, said(BIRD)).data is edited
    back = restore(edited, before)
    assert "by exiftool" in (text(back, "dc:subject") or "")
    assert "Trip|Oslo" in (text(back, "lr:hierarchicalSubject") or "")
    for word in ("bird", "wildlife", "aes:"):
        assert word not in back.decode()
    for wanted, has in zip(lists(before), lists(back), strict=True):
        assert set((wanted or "").split(", ")) - {""} <= set((has or "").split(", "))


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
