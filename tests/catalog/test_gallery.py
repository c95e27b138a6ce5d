import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from aesplugin.assessment import Content, Kind
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import Filters, Kinds, Order, Shown
from aesplugin.catalog.gallery import matching
from aesplugin.catalog.records import Preference, RunKind
from aesplugin.decision import Choice, Decision
from aesplugin.photo import Exif, PhotoState
from tests.catalog.samples import REVISION, assessment, content_hash, failed, ingested

PHOTOS = range(6)
SCORES = {0: 3.0, 1: 9.0, 2: 6.0, 3: 6.0}  # 4 waits, 5 is quarantined
KINDS = {2: Kind.PET, 3: Kind.GRAPHIC}  # of the others the model does not know


@pytest.fixture(autouse=True)
def six_photos(catalog: Catalog) -> None:
    catalog.record_photos(
        [
            ingested(
                n,
                f"/photos/{'even' if n % 2 == 0 else 'odd'}/{n}.jpg",
                exif=Exif(model=f"camera {n % 3}", taken_at=datetime(2026, 1, 1 + n, 12)),
            )
            for n in PHOTOS
        ]
    )
    catalog.record_assessments(
        [assessment(n, score, content=Content(kind=KINDS.get(n))) for n, score in SCORES.items()]
    )
    for _ in range(3):
        catalog.record_model_failure(content_hash(5), REVISION, "no answer")
    catalog.people.decide(
        [
            Decision(content_hash=content_hash(0), user="ann", choice=Choice.REJECT),
            Decision(content_hash=content_hash(1), user="ann", choice=Choice.PICK, stars=4),
            Decision(content_hash=content_hash(2), user="ann", favorite=True, stars=2),
            Decision(content_hash=content_hash(3), user="bob", choice=Choice.PICK),
        ]
    )


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {0, 1, 2, 3}),
        (Filters(shown=Shown.PENDING), {4}),
        (Filters(shown=Shown.QUARANTINED), {5}),
        (Filters(user="ann", choice="pick"), {1}),
        (Filters(user="ann", choice="reject"), {0}),
        (Filters(user="ann", choice="none"), {2, 3}),
        (Filters(user="bob", choice="pick"), {3}),
        (Filters(user="ann", stars=2), {1, 2}),
        (Filters(user="ann", stars=0), {0, 3}),
        (Filters(user="ann", favorite=True), {2}),
        (Filters(user="ann", favorite=False), {0, 1, 3}),
        (Filters(camera="camera 0"), {0, 3}),
        (Filters(folder="/photos/odd"), {1, 3}),
        (Filters(taken_from=date(2026, 1, 2), taken_to=date(2026, 1, 3)), {1, 2}),
        (Filters(kind=Kinds.PHOTOS), {0, 1, 2}),
        (Filters(kind=Kinds.NOT_PHOTOS), {3}),
        (Filters(kind=Kinds.PHOTOS, shown=Shown.PENDING), {4}),
        (Filters(kind=Kinds.NOT_PHOTOS, shown=Shown.QUARANTINED), {5}),
        (Filters(kind=Kinds.PHOTOS, user="ann", choice="none"), {2}),
        (Filters(score_min=6.0), {1, 2, 3}),
        (Filters(score_max=6.0), {0, 2, 3}),
    ],
)
def test_every_filter(catalog: Catalog, filters: Filters, expected: set[int]) -> None:
    found = catalog.gallery.hashes(REVISION, filters)
    assert sorted(found) == sorted(content_hash(n) for n in expected)
    assert catalog.gallery.count(REVISION, filters) == len(expected)


@pytest.mark.parametrize("filters", [Filters(), Filters(score_min=6), Filters(shown=Shown.PENDING)])
def test_knowing_which_photos_no_file_holds_changes_no_answer(
    catalog: Catalog, filters: Filters
) -> None:
    catalog.record_photos([ingested(8, "/photos/odd/3.jpg"), ingested(9, "/photos/even/4.jpg")])
    homeless = catalog.gallery.homeless(REVISION)
    assert homeless == [content_hash(3)]
    asked = catalog.gallery.hashes(REVISION, filters)
    assert sorted(catalog.gallery.hashes(REVISION, filters, homeless=homeless)) == sorted(asked)
    known = catalog.gallery.count(REVISION, filters, homeless=homeless)
    assert known == len(asked) == catalog.gallery.count(REVISION, filters)
    assert content_hash(3) not in asked


@pytest.mark.parametrize(
    ("filters", "broad"),
    [
        (Filters(), True),
        (Filters(user="ann", score_min=3, score_max=8), True),
        (Filters(user="ann", choice="none", stars=0, favorite=False), True),
        (Filters(user="ann", choice="pick"), False),
        (Filters(user="ann", stars=3), False),
        (Filters(user="ann", favorite=True), False),
        (Filters(camera="camera 0"), False),
        (Filters(folder="/photos"), False),
        (Filters(taken_from=date(2026, 1, 2)), False),
        (Filters(shown=Shown.PENDING), False),
        (Filters(kind=Kinds.PHOTOS), True),
        (Filters(kind=Kinds.NOT_PHOTOS), False),
    ],
)
def test_filters_are_broad_unless_something_but_the_score_narrows(
    filters: Filters, *, broad: bool
) -> None:
    assert filters.is_broad is broad


@pytest.mark.parametrize(
    ("order", "scores"),
    [(Order.SCORE, [9.0, 6.0, 6.0, 3.0]), (Order.LOWEST, [3.0, 6.0, 6.0, 9.0])],
)
def test_windows_by_score(catalog: Catalog, order: Order, scores: list[float]) -> None:
    by_hash = {content_hash(n): score for n, score in SCORES.items()}
    found = [
        photo
        for offset in (0, 2, 4)
        for photo in catalog.gallery.window(REVISION, Filters(), order, limit=2, offset=offset)
    ]
    assert [by_hash[photo] for photo in found] == scores
    assert len(set(found)) == len(found)


def test_a_photo_whose_exif_could_not_be_read_comes_last_by_time(catalog: Catalog) -> None:
    catalog.record_photos([ingested(7, exif_problem="took too long")])
    catalog.record_assessments([assessment(7, 5.0)])
    for order, first in ((Order.NEWEST, 3), (Order.OLDEST, 0)):
        found = catalog.gallery.window(REVISION, Filters(), order, limit=9, offset=0)
        assert (found[0], found[-1]) == (content_hash(first), content_hash(7))
        assert len(found) == catalog.gallery.count(REVISION, Filters()) == 5


def test_a_listing_stands_still_while_one_decides(catalog: Catalog) -> None:
    """As of a moment, what was decided later has not happened; undecided photos stay listed."""
    before = Filters(user="ann", choice="none", as_of=catalog.gallery.last_decision())
    said = [Decision(content_hash=content_hash(n), user="ann", choice=Choice.PICK) for n in (2, 3)]
    catalog.people.decide(said)
    now = Filters(user="ann", choice="none")
    assert catalog.gallery.count(REVISION, now) == 0
    assert catalog.gallery.count(REVISION, before) == 2


def test_large_folders_are_asked_otherwise_with_the_same_answer(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for limit in (5000, 0):
        monkeypatch.setattr("aesplugin.catalog.gallery._SMALL_FOLDER", limit)
        filters = Filters(folder="/photos/odd")
        found.append(catalog.gallery.hashes(REVISION, filters, Order.SCORE))
    assert found[0] == found[1] == [content_hash(n) for n in (1, 3)]


def test_every_order_is_walked_along_an_index(catalog: Catalog) -> None:
    """A window is found without sorting what matches, however many photos there are."""
    if catalog._database.file is None:
        pytest.skip("PostgreSQL plans by its own statistics, and a few rows need no index")
    for order in (Order.SCORE, Order.LOWEST, Order.NEWEST, Order.OLDEST):
        for filters in (Filters(user="ann"), Filters(user="ann", choice="none", stars=0)):
            for kind in (Kinds.ALL, Kinds.PHOTOS):
                plan = plan_of(catalog, replace(filters, kind=kind), order)
                assert "TEMP B-TREE FOR ORDER BY" not in plan, (order, plan)


def test_what_is_no_photo_is_found_by_its_own_index(catalog: Catalog) -> None:
    if catalog._database.file is None:
        pytest.skip("PostgreSQL plans by its own statistics, and a few rows need no index")
    for kind in (Kinds.PHOTOS, Kinds.NOT_PHOTOS):
        plan = plan_of(catalog, Filters(kind=kind), Order.SCORE)
        assert "USING COVERING INDEX ix_assessments_not_photos" in plan, plan


def test_what_was_decided_is_found_without_reading_the_rows(catalog: Catalog) -> None:
    if catalog._database.file is None:
        pytest.skip("PostgreSQL plans by its own statistics, and a few rows need no index")
    who = Filters(user="ann")
    for filters in (
        replace(who, choice="pick"),
        replace(who, stars=3),
        replace(who, favorite=False),
    ):
        plan = plan_of(catalog, filters, Order.SCORE)
        assert "USING COVERING INDEX ix_judgements_of_photo (user_name=?)" in plan, plan
        assert "USING COVERING INDEX ix_runs_undone" in plan, plan


@pytest.mark.parametrize("order", [Order.SCORE, Order.LOWEST, Order.NEWEST, Order.OLDEST])
def test_graphics_are_left_out_of_every_order(catalog: Catalog, order: Order) -> None:
    filters = Filters(kind=Kinds.PHOTOS)
    found = catalog.gallery.window(REVISION, filters, order, limit=9, offset=0)
    assert set(found) == {content_hash(n) for n in (0, 1, 2)}


def plan_of(catalog: Catalog, filters: Filters, order: Order) -> str:
    """How SQLite goes about it."""
    with catalog._database.reading() as connection:
        query = matching(connection, REVISION, filters, order).limit(60)
        asked = query.compile(connection, compile_kwargs={"literal_binds": True})
        return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}").all())


@pytest.mark.parametrize(("order", "numbers"), [(Order.NEWEST, [3, 2]), (Order.OLDEST, [0, 1])])
def test_windows_by_time(catalog: Catalog, order: Order, numbers: list[int]) -> None:
    found = catalog.gallery.window(REVISION, Filters(), order, limit=2, offset=0)
    assert found == [content_hash(n) for n in numbers]


def test_the_first_path_of_each_photo(catalog: Catalog) -> None:
    catalog.record_photos([ingested(0, "/a/copy.jpg"), ingested(1, "/b/copy.jpg")])
    catalog.record_failures([failed("/b/copy.jpg", PhotoState.DAMAGED)])
    hashes = [content_hash(n) for n in (0, 1, 99)]
    assert catalog.gallery.first_paths(hashes) == {
        content_hash(0): "/a/copy.jpg",
        content_hash(1): "/photos/odd/1.jpg",
    }


@pytest.mark.parametrize("asked", [30, 90, 180])  # a few spans of time are asked for one by one
def test_what_was_taken_near_several_was_taken_near_one_of_them(
    catalog: Catalog, asked: int
) -> None:
    chance, numbers = random.Random(3), range(1000, 1400)
    start = datetime(2026, 5, 1)
    for number in numbers:
        taken_at = start + timedelta(seconds=chance.randrange(9000)) if number % 10 else None
        catalog.record_photos([ingested(number, exif=Exif(taken_at=taken_at))])
    photos = [content_hash(number) for number in chance.sample(numbers, asked)]
    around, near = timedelta(seconds=3), catalog.gallery.taken_near
    assert set(near(photos, around)) == {one for key in photos for one in near([key], around)}
    assert near([], around) == []


def test_what_a_page_says_about_photos(catalog: Catalog) -> None:
    assert catalog.gallery.cameras() == ["camera 0", "camera 1", "camera 2"]
    assert catalog.gallery.folders() == ["/photos/even", "/photos/odd"]
    assert catalog.gallery.scored_at(content_hash(0), REVISION) is not None
    assert catalog.gallery.scored_at(content_hash(4), REVISION) is None
    found = catalog.gallery.decisions_of("ann", [content_hash(n) for n in PHOTOS])
    assert set(found) == {content_hash(n) for n in (0, 1, 2)}


def test_what_was_said_and_decided_of_one_photo(catalog: Catalog) -> None:
    said = Preference(content_hash=content_hash(0), rating=2)
    catalog.people.prefer("ann", [said])
    found = catalog.gallery.preference_of("ann", content_hash(0))
    assert found is not None
    assert (found.rating, found.favorite) == (2, None)
    assert catalog.gallery.preference_of("bob", content_hash(0)) is None
    run = catalog.runs.begin(RunKind.DECIDE)
    catalog.people.decide([Decision(content_hash=content_hash(4), user="ann")], run_id=run)
    assert catalog.gallery.decided_in(run) == [content_hash(4)]


def test_days_count_what_matches(catalog: Catalog) -> None:
    catalog.record_photos([ingested(7), ingested(8, exif=Exif(taken_at=datetime(2026, 1, 2, 23)))])
    catalog.record_assessments([assessment(7), assessment(8)])
    days: dict[date | None, int] = {date(2026, 1, n): 1 for n in (1, 2, 3, 4)}
    every = days | {date(2026, 1, 2): 2, None: 1}
    found = catalog.gallery.days(REVISION, Filters())
    assert list(found.items()) == list(every.items())
    picked = Filters(user="ann", choice="pick")
    assert catalog.gallery.days(REVISION, picked) == {date(2026, 1, 2): 1}
    homeless = catalog.gallery.homeless(REVISION)
    assert catalog.gallery.days(REVISION, Filters(), homeless=homeless) == found
