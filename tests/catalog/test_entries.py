import pytest

from aesplugin.assessment import Content, Kind
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import Kinds
from aesplugin.catalog.records import Failure
from aesplugin.errors import UsageError
from aesplugin.photo import PhotoState
from tests.catalog.samples import REVISION, assessment, content_hash, failed, ingested


def test_rank_is_from_the_highest_score_down(catalog: Catalog) -> None:
    scores = {0: 5.0, 1: 9.5, 2: 1.0, 3: 9.5, 4: 7.0}
    catalog.record_photos([ingested(number) for number in range(6)])
    catalog.record_assessments([assessment(number, score) for number, score in scores.items()])
    ranked = catalog.rank(REVISION)
    assert [e.assessment.score for e in ranked if e.assessment] == [9.5, 9.5, 7.0, 5.0, 1.0]
    pages = [catalog.rank(REVISION, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [entry for page in pages for entry in page] == ranked  # equal scores keep their order


def test_graphics_are_ranked_only_where_they_are_asked_for(catalog: Catalog) -> None:
    catalog.record_photos([ingested(n, f"/p/{n % 2}/{n}.jpg") for n in range(4)])
    kinds = (None, Kind.GRAPHIC, Kind.DOCUMENT, Kind.OTHER)
    catalog.record_assessments(
        [assessment(n, 2.0 + n, content=Content(kind=kind)) for n, kind in enumerate(kinds)]
    )
    for asked, expected in (
        (Kinds.PHOTOS, [3, 0]),
        (Kinds.NOT_PHOTOS, [2, 1]),
        (Kinds.ALL, [3, 2, 1, 0]),
    ):
        found = [e.photo.content_hash for e in catalog.rank(REVISION, kinds=asked) if e.photo]
        assert found == [content_hash(n) for n in expected]
    assert set(catalog.not_photos(REVISION)) == {content_hash(1), content_hash(2)}
    assert catalog.not_photos(REVISION, under="/p/1") == [content_hash(1)]
    assert catalog.not_photos("model-2") == []
    catalog.record_failures([failed("/p/1/1.jpg", PhotoState.MISSING)])
    assert catalog.not_photos(REVISION) == [content_hash(2)]


def test_rank_shows_a_photo_once_and_only_where_it_can_be_read(catalog: Catalog) -> None:
    catalog.record_photos(
        [ingested(1, "/b/1.jpg"), ingested(1, "/a/1.jpg"), ingested(2, "/a/2.jpg")]
    )
    catalog.record_assessments([assessment(1, 3.0), assessment(2, 6.0)])
    assert [(e.path, e.paths) for e in catalog.rank(REVISION)] == [
        ("/a/2.jpg", ("/a/2.jpg",)),
        ("/a/1.jpg", ("/a/1.jpg", "/b/1.jpg")),
    ]
    catalog.record_failures([failed("/a/2.jpg", PhotoState.UNREADABLE)])
    catalog.mark_missing(["/a/1.jpg"], root="/a", max_share=1)
    assert [(e.path, e.paths) for e in catalog.rank(REVISION)] == [("/b/1.jpg", ("/b/1.jpg",))]


def test_rank_of_one_folder(catalog: Catalog) -> None:
    paths = ["/p/x/1.jpg", "/p/x-y/2.jpg", "/p/x/deep/3.jpg", "/p/x", "/p/x0/4.jpg"]
    catalog.record_photos([ingested(number, path) for number, path in enumerate(paths)])
    catalog.record_assessments([assessment(number) for number in range(len(paths))])
    expected = {"/p/x/1.jpg", "/p/x/deep/3.jpg"}
    for folder in ("/p/x", "/p/x/"):
        assert {e.path for e in catalog.rank(REVISION, under=folder)} == expected
        assert {e.path for e in catalog.entries(REVISION, under=folder)} == expected
    assert len(catalog.rank(REVISION, under="/")) == len(paths)
    assert catalog.rank(REVISION, under="/p/x/1.jpg") == []


def test_an_entry_by_path_by_hash_and_by_its_beginning(catalog: Catalog) -> None:
    catalog.record_photos([ingested(1)])
    by_path = catalog.entry("/photos/000001.jpg", REVISION)
    assert by_path is not None
    whole = content_hash(1)
    assert catalog.entry(whole, REVISION) == by_path
    assert catalog.entry(whole[:4], REVISION) == by_path
    for unknown in (whole[:3], whole + "0", "zzzz", content_hash(2)[:8], "/photos", ""):
        assert catalog.entry(unknown, REVISION) is None


def test_a_beginning_of_several_hashes_is_refused(catalog: Catalog) -> None:
    for ending in "01":
        item = ingested(int(ending), f"/photos/{ending}", content_hash="abcd" * 15 + f"000{ending}")
        catalog.record_photos([item])
    with pytest.raises(UsageError, match="several photos"):
        catalog.entry("abcd", REVISION)
    found = catalog.entry("abcd" * 15 + "0001", REVISION)
    assert found is not None
    assert found.path == "/photos/1"


def test_a_photo_no_file_shows_any_more(catalog: Catalog) -> None:
    catalog.record_photos([ingested(1, "/p/a.jpg")])
    catalog.record_assessments([assessment(1)])
    catalog.record_photos([ingested(2, "/p/a.jpg")])  # edited in place
    entry = catalog.entry(content_hash(1), REVISION)
    assert entry is not None
    assert (entry.path, entry.paths, entry.state) == ("", (), PhotoState.MISSING)
    assert entry.photo is not None
    assert catalog.rank(REVISION) == []


def test_entries_stream_every_file_in_order(catalog: Catalog) -> None:
    number = 1_250  # three portions
    catalog.record_photos([ingested(n) for n in range(number)])
    catalog.record_failures([failed("/photos/zz.jpg")])
    catalog.record_assessments([assessment(n) for n in range(0, number, 2)])
    found = list(catalog.entries(REVISION))
    assert [e.path for e in found] == sorted(e.path for e in found)
    assert len(found) == number + 1
    assert sum(e.assessment is not None for e in found) == number / 2
    assert found[-1].reason == "/photos/zz.jpg is damaged"


def test_writing_while_entries_are_read(catalog: Catalog) -> None:
    catalog.record_photos([ingested(n) for n in range(1_100)])
    seen = []
    for entry in catalog.entries(REVISION):
        seen.append(entry.path)
        if len(seen) == 1:
            catalog.record_photos([ingested(2_000)])
    assert len(seen) == len(set(seen)) == 1_101


def test_entries_of_given_paths_keep_their_order(catalog: Catalog) -> None:
    catalog.record_photos([ingested(n) for n in range(3)])
    asked = ["/photos/000002.jpg", "/nowhere", "/photos/000000.jpg"]
    assert [e.path for e in catalog.entries(REVISION, paths=asked)] == [asked[0], asked[2]]
    assert list(catalog.entries(REVISION, paths=[])) == []


def test_counts_have_every_state(catalog: Catalog) -> None:
    assert set(catalog.counts(REVISION)) == set(PhotoState)
    catalog.record_photos([ingested(n) for n in range(3)])
    catalog.record_assessments([assessment(0)])
    catalog.record_failures([failed("/photos/e", PhotoState.EMPTY)])
    counted = {state: n for state, n in catalog.counts(REVISION).items() if n}
    assert counted == {PhotoState.PENDING: 2, PhotoState.ASSESSED: 1, PhotoState.EMPTY: 1}


def test_last_failures_come_latest_first(catalog: Catalog) -> None:
    catalog.record_photos([ingested(1)])
    catalog.record_failures([failed("/photos/a.jpg", PhotoState.STUCK)])
    for _ in range(3):
        catalog.record_model_failure(content_hash(1), REVISION, "no answer")
    found = catalog.last_failures(REVISION)
    assert [(f.path, f.state, f.reason) for f in found] == [
        ("/photos/000001.jpg", PhotoState.QUARANTINED, "no answer"),
        ("/photos/a.jpg", PhotoState.STUCK, "/photos/a.jpg is stuck"),
    ]
    assert all(isinstance(f, Failure) and f.at.tzinfo for f in found)
    assert len(catalog.last_failures(REVISION, limit=1)) == 1
