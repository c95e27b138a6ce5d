import math
import os
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aesplugin.assessment import Attribute, Verdict
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Preference
from aesplugin.errors import UsageError
from aesplugin.photo import Exif, PhotoState
from tests.catalog.samples import (
    FULL_EXIF,
    REVISION,
    assessment,
    content_hash,
    failed,
    ingested,
    photo,
    stamp,
)


def test_a_photo_comes_back_as_it_was_stored(catalog: Catalog) -> None:
    attributes = {
        "exposure": Attribute(-1.5, "EV", Verdict.POOR),
        "horizon": Attribute(None, "degrees", Verdict.CANT_TELL),
    }
    item = ingested(1, exif=FULL_EXIF, perceptual_hash=2**64 - 1, attributes=attributes)
    catalog.record_photos([item])
    entry = catalog.entry(item.stamp.path, REVISION)
    assert entry is not None
    assert entry.photo == item.photo
    assert entry.photo is not None
    assert entry.photo.exif.taken_at is not None
    assert entry.photo.exif.taken_at.utcoffset() == FULL_EXIF.taken_at.utcoffset()  # type: ignore[union-attr]
    assert entry.attributes == attributes
    assert catalog.attributes_of([content_hash(1), content_hash(2)]) == {
        content_hash(1): attributes
    }


@pytest.mark.parametrize("value", [0, 1, 2**63 - 1, 2**63, 2**64 - 1])
def test_perceptual_hashes_are_unsigned(catalog: Catalog, value: int) -> None:
    catalog.record_photos([ingested(1, perceptual_hash=value)])
    entry = catalog.entry(content_hash(1), REVISION)
    assert entry is not None
    assert entry.photo == photo(1, perceptual_hash=value)


@pytest.mark.parametrize(
    "taken_at", [datetime(2026, 1, 2, 3, 4, 5, 600), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)]
)
def test_a_time_stays_naive_or_aware(catalog: Catalog, taken_at: datetime) -> None:
    catalog.record_photos([ingested(1, exif=Exif(taken_at=taken_at))])
    entry = catalog.entry(content_hash(1), REVISION)
    assert entry is not None
    assert entry.photo is not None
    assert entry.photo.exif.taken_at == taken_at
    assert entry.photo.exif.taken_at.tzinfo == taken_at.tzinfo


def test_what_no_database_holds_becomes_unknown(catalog: Catalog) -> None:
    wild = Exif(iso=2**70, exposure_time=math.inf, latitude=math.nan, lens="a\0b\udcff")
    attributes = {"noise": Attribute(math.nan, "dB", Verdict.CANT_TELL)}
    catalog.record_photos([ingested(1, exif=wild, attributes=attributes)])
    entry = catalog.entry(content_hash(1), REVISION)
    assert entry is not None
    assert entry.photo is not None
    assert entry.photo.exif == Exif(lens="ab?")
    assert entry.attributes == {"noise": Attribute(None, "dB", Verdict.CANT_TELL)}


def test_recording_again_wipes_nothing_said_of_the_photo(catalog: Catalog) -> None:
    catalog.record_photos([ingested(1, exif=FULL_EXIF)])
    catalog.record_assessments([assessment(1, 7.5)])
    catalog.people.prefer("ann", [Preference(content_hash=content_hash(1), rating=5)])
    measured = {"exposure": Attribute(1.0, "EV", Verdict.POOR)}
    catalog.record_photos([ingested(1, exif=FULL_EXIF, attributes=measured)])
    entry = catalog.entry(content_hash(1), REVISION)
    assert entry is not None
    assert entry.assessment == assessment(1, 7.5)
    assert entry.attributes == measured
    assert [p.rating for p in catalog.people.preferences("ann")] == [5]


def test_exif_read_once_is_not_lost_to_a_later_failure_to_read_it(catalog: Catalog) -> None:
    catalog.record_photos([ingested(1, exif=FULL_EXIF)])
    catalog.record_photos([ingested(1, exif_problem="took too long")])
    entry = catalog.entry(content_hash(1), REVISION)
    assert entry is not None
    assert entry.photo is not None
    assert entry.photo.exif == FULL_EXIF


def test_a_moved_or_copied_file_is_the_same_photo(catalog: Catalog) -> None:
    catalog.record_photos([ingested(1, "/photos/a.jpg")])
    catalog.record_assessments([assessment(1)])
    catalog.record_photos([ingested(1, "/photos/b.jpg")])
    entry = catalog.entry("/photos/b.jpg", REVISION)
    assert entry is not None
    assert entry.state is PhotoState.ASSESSED
    assert entry.paths == ("/photos/a.jpg", "/photos/b.jpg")


def test_known_files_tell_the_state_of_each(catalog: Catalog) -> None:
    catalog.record_photos([ingested(number) for number in range(3)])
    catalog.record_failures([failed("/photos/x.jpg", PhotoState.EMPTY)])
    catalog.record_assessments([assessment(0)])
    for _ in range(3):
        catalog.record_model_failure(content_hash(1), REVISION, "out of range")
    known = catalog.known_files(REVISION)
    assert {path: (file.state, file.reason) for path, file in known.items()} == {
        "/photos/000000.jpg": (PhotoState.ASSESSED, None),
        "/photos/000001.jpg": (PhotoState.QUARANTINED, "out of range"),
        "/photos/000002.jpg": (PhotoState.PENDING, None),
        "/photos/x.jpg": (PhotoState.EMPTY, "/photos/x.jpg is empty"),
    }
    first = known["/photos/000000.jpg"]
    expected = stamp("/photos/000000.jpg")
    assert (first.size, first.mtime_ns) == (expected.size, expected.mtime_ns)
    assert first.content_hash == content_hash(0)
    assert catalog.known_files("another")["/photos/000000.jpg"].state is PhotoState.PENDING


def test_a_folder_tells_its_own_files_only(catalog: Catalog) -> None:
    names = ["/p/a/1.jpg", "/p/a/deep/2.jpg", "/p/a-b/3.jpg", "/p/a.jpg", "/p/\udcff/4.jpg"]
    catalog.record_photos([ingested(number, name) for number, name in enumerate(names)])
    catalog.record_photos([ingested(9, "/p/a/gone.jpg")])
    catalog.mark_missing(["/p/a/gone.jpg"], root="/p/a", max_share=1.0)
    assert list(catalog.known_files(REVISION, under="/p/a")) == names[:2]
    below = [("/p/a/1.jpg", content_hash(0)), ("/p/a/deep/2.jpg", content_hash(1))]
    assert list(catalog.contents_below("/p/a")) == below
    assert len(list(catalog.contents_below("/"))) == len(names)
    assert catalog.folders() == {"/p", "/p/a", "/p/a/deep", "/p/a-b", "/p/\udcff"}


def test_contents_below_a_large_folder_come_once_each_in_order(catalog: Catalog) -> None:
    catalog.record_photos([ingested(number) for number in range(1203)])
    found = [path for path, _ in catalog.contents_below("/photos")]
    assert found == [f"/photos/{number:06d}.jpg" for number in range(1203)]


def test_whether_a_folder_itself_holds_a_file(catalog: Catalog) -> None:
    names = ["/p/a/x/1.jpg", "/p/a/y/2.jpg", "/p/a/y.jpg", "/p/b/gone.jpg", "/p/b/c/3.jpg"]
    catalog.record_photos([ingested(number, name) for number, name in enumerate(names)])
    catalog.mark_missing(["/p/b/gone.jpg"], root="/p/b", max_share=1.0)
    folders = ["/", "/p", "/p/a", "/p/a/x", "/p/a/y", "/p/b", "/p/b/c", "/p/c"]
    holding = ["/p/a", "/p/a/x", "/p/a/y", "/p/b/c"]
    assert list(filter(catalog.has_file_in, folders)) == holding


@pytest.mark.parametrize("others", [0, 6000])
def test_copies_are_found_by_content(catalog: Catalog, others: int) -> None:
    catalog.record_photos([ingested(1), ingested(1, "/b/copy.jpg"), ingested(2), ingested(3)])
    catalog.record_photos([ingested(1, "/b/gone.jpg")])
    catalog.mark_missing(["/b/gone.jpg"], root="/b", max_share=1.0)
    asked = {content_hash(number) for number in (1, 2, *range(10, 10 + others))}
    found = catalog.copies_of(asked, besides=["/photos/000002.jpg"])
    assert found == dict.fromkeys(["/photos/000001.jpg", "/b/copy.jpg"], content_hash(1))


def test_known_files_of_some_paths_include_missing_ones(catalog: Catalog) -> None:
    catalog.record_photos([ingested(number) for number in range(3)])
    catalog.mark_missing(["/photos/000000.jpg"], root="/photos")
    asked = ["/photos/000000.jpg", "/photos/000001.jpg", "/nowhere"]
    known = catalog.known_files(REVISION, paths=asked)
    assert {path: file.state for path, file in known.items()} == {
        "/photos/000000.jpg": PhotoState.MISSING,
        "/photos/000001.jpg": PhotoState.PENDING,
    }
    assert catalog.known_files(REVISION, paths=[]) == {}


@pytest.mark.parametrize("state", [PhotoState.DAMAGED, PhotoState.UNREADABLE, PhotoState.EMPTY])
def test_a_failed_file_has_no_score_though_it_had_one(catalog: Catalog, state: PhotoState) -> None:
    catalog.record_photos([ingested(1)])
    catalog.record_assessments([assessment(1)])
    catalog.record_failures([failed("/photos/000001.jpg", state)])
    entry = catalog.entry("/photos/000001.jpg", REVISION)
    assert entry is not None
    assert (entry.state, entry.photo, entry.assessment) == (state, None, None)
    assert catalog.rank(REVISION) == []
    catalog.record_photos([ingested(1)])  # repaired
    assert [e.path for e in catalog.rank(REVISION)] == ["/photos/000001.jpg"]


@pytest.mark.parametrize("state", [PhotoState.PENDING, PhotoState.ASSESSED, PhotoState.QUARANTINED])
def test_what_is_no_failure_of_a_file_is_refused(catalog: Catalog, state: PhotoState) -> None:
    with pytest.raises(UsageError, match="is not a failure"):
        catalog.record_failures([failed("/photos/1.jpg", state)])


def test_a_missing_file_keeps_its_photo_and_is_new_when_seen_again(catalog: Catalog) -> None:
    catalog.record_photos([ingested(number) for number in range(4)])
    catalog.record_assessments([assessment(0)])
    assert catalog.mark_missing(["/photos/000000.jpg"], root="/photos") is None
    entry = catalog.entry("/photos/000000.jpg", REVISION)
    assert entry is not None
    assert (entry.state, entry.photo) == (PhotoState.MISSING, photo(0))
    assert entry.assessment is None
    assert "/photos/000000.jpg" not in catalog.known_files(REVISION)
    catalog.record_photos([ingested(0)])
    entry = catalog.entry("/photos/000000.jpg", REVISION)
    assert entry is not None
    assert entry.state is PhotoState.ASSESSED


def test_too_many_missing_at_once_marks_nothing(catalog: Catalog) -> None:
    catalog.record_photos([ingested(number) for number in range(4)])
    catalog.record_photos([ingested(9, "/elsewhere/9.jpg")])
    gone = [f"/photos/{number:06d}.jpg" for number in range(3)]
    reason = catalog.mark_missing([*gone, "/photos/unknown.jpg"], root="/photos/")
    assert reason is not None
    assert reason.startswith("3 of 4 files under /photos/ are gone at once")
    assert catalog.counts(REVISION)[PhotoState.MISSING] == 0
    assert catalog.mark_missing(gone, root="/photos", max_share=0.75) is None
    assert catalog.counts(REVISION)[PhotoState.MISSING] == 3


def test_files_outside_the_root_are_never_marked_missing(catalog: Catalog) -> None:
    catalog.record_photos([ingested(1, "/photos2/1.jpg"), ingested(2, "/photos/2.jpg")])
    assert catalog.mark_missing(["/photos2/1.jpg"], root="/photos", max_share=1) is None
    assert catalog.counts(REVISION)[PhotoState.MISSING] == 0


def test_retry_makes_failures_pending(catalog: Catalog) -> None:
    catalog.record_photos([ingested(1)])
    catalog.record_failures([failed("/photos/a.jpg"), failed("/photos/b.jpg", PhotoState.EMPTY)])
    for _ in range(3):
        catalog.record_model_failure(content_hash(1), REVISION, "no answer")
    assert catalog.retry([PhotoState.DAMAGED, PhotoState.QUARANTINED]) == 2
    states = {path: file.state for path, file in catalog.known_files(REVISION).items()}
    assert states == {
        "/photos/000001.jpg": PhotoState.PENDING,
        "/photos/a.jpg": PhotoState.PENDING,
        "/photos/b.jpg": PhotoState.EMPTY,
    }
    assert catalog.retry([PhotoState.ASSESSED, PhotoState.PENDING, PhotoState.MISSING]) == 0


path_bytes = st.lists(
    st.binary(min_size=1, max_size=40).filter(lambda name: not {0, 47} & set(name)),
    min_size=1,
    max_size=5,
).map(lambda names: b"/" + b"/".join(names))


@given(paths=st.lists(path_bytes, min_size=1, max_size=8, unique=True))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_path_comes_back_the_same(catalog: Catalog, paths: list[bytes]) -> None:
    names = [os.fsdecode(path) for path in paths]
    catalog.record_photos([ingested(1, name) for name in names])
    known = catalog.known_files(REVISION)
    assert set(names) <= set(known)
    for name in names:
        entry = catalog.entry(name, REVISION)
        assert entry is not None
        assert entry.path == name


def test_a_path_as_long_as_linux_allows(catalog: Catalog) -> None:
    path = "/photos" * 584  # 4,088 bytes
    catalog.record_photos([ingested(1, path)])
    assert path in catalog.known_files(REVISION)


def test_a_string_that_can_be_no_path_is_refused_in_one_line(catalog: Catalog) -> None:
    with pytest.raises(UsageError, match="is not a valid file path"):
        catalog.entry("/photos/\ud800.jpg", REVISION)


def test_thousands_of_files_in_one_call(catalog: Catalog) -> None:
    catalog.record_photos([ingested(number) for number in range(2_000)])
    hashes = [content_hash(number) for number in range(2_500)]
    assert len(catalog.attributes_of(hashes)) == 2_000
    assert len(catalog.unassessed(hashes, REVISION)) == 2_500


def test_a_catalog_knows_whether_it_holds_files(catalog: Catalog) -> None:
    assert not catalog.gallery.has_files()
    catalog.record_photos([ingested(0, "/photos/0.jpg")])
    assert catalog.gallery.has_files()
