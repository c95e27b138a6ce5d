from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Preference, RunKind
from aesplugin.catalog.tables import judgements
from aesplugin.decision import Choice, Decision, Word
from aesplugin.errors import CatalogError, UsageError
from tests.catalog.samples import content_hash, ingested

ONE, TWO = content_hash(1), content_hash(2)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def two_photos(catalog: Catalog) -> None:
    catalog.record_photos([ingested(1), ingested(2)])


def pick(photo: str, stars: int | None = None, user: str = "ann") -> Decision:
    return Decision(content_hash=photo, user=user, choice=Choice.PICK, stars=stars)


def standing(catalog: Catalog, user: str = "ann") -> dict[str, tuple[Choice, int | None]]:
    return {h: (d.choice, d.stars) for h, d in catalog.people.decisions(user).items()}


def test_preferences_come_back_the_latest_first(catalog: Catalog) -> None:
    first = Preference(content_hash=ONE, rating=4, favorite=False, stated_at=NOON)
    second = Preference(
        content_hash=TWO, favorite=True, source="darktable", stated_at=NOON + timedelta(hours=1)
    )
    catalog.people.prefer("ann", [first, second])
    assert catalog.people.preferences("ann") == [second, first]
    assert catalog.people.preferences("bob") == []
    assert catalog.people.users() == ["ann"]


def test_a_word_on_one_thing_leaves_the_other(catalog: Catalog) -> None:
    catalog.people.prefer("ann", [Preference(content_hash=ONE, rating=5)])
    catalog.people.prefer("ann", [Preference(content_hash=ONE, favorite=True)])
    catalog.people.prefer("bob", [Preference(content_hash=ONE, rating=1)])
    said = catalog.people.preferences("ann")
    assert [(p.rating, p.favorite) for p in said] == [(5, True)]
    catalog.people.prefer("ann", [Preference(content_hash=ONE, rating=2, favorite=False)])
    said = catalog.people.preferences("ann")
    assert [(p.rating, p.favorite) for p in said] == [(2, False)]


def test_forgetting_some_or_all(catalog: Catalog) -> None:
    words = [Preference(content_hash=ONE, rating=5), Preference(content_hash=TWO, rating=4)]
    catalog.people.prefer("ann", words)
    catalog.people.prefer("bob", words)
    assert catalog.people.forget("ann", [ONE, content_hash(9)]) == 1
    assert [p.content_hash for p in catalog.people.preferences("ann")] == [TWO]
    assert catalog.people.forget("ann") == 1
    assert catalog.people.preferences("ann") == []
    assert len(catalog.people.preferences("bob")) == 2


def test_each_word_is_a_row_that_stays_as_it_was(catalog: Catalog) -> None:
    def rows() -> list[tuple[object, ...]]:
        with catalog._database.reading() as connection:
            query = select(judgements).order_by(judgements.c.id)
            return [tuple(row) for row in connection.execute(query)]

    def says() -> list[tuple[object, ...]]:
        return [row[3:7] for row in rows()]  # choice, stars, favorite, source

    rated = Preference(content_hash=ONE, rating=2, source="file", stated_at=NOON)
    catalog.people.prefer("ann", [rated])
    catalog.people.prefer("ann", [rated])  # as sidecars do at every reading
    catalog.people.say("ann", [ONE], Word(stars=4), note="")
    catalog.people.accept("ann", {ONE: Choice.PICK}, note="")
    catalog.people.say("ann", [ONE], Word(stars=0, favorite=True), note="")
    told = [
        (None, 2, None, "file"),
        (None, 4, None, "decide"),
        ("pick", None, None, "cull"),
        (None, 0, True, "decide"),
    ]
    assert says() == told
    before = rows()
    catalog.runs.undo_last("ann", note_end="")
    catalog.runs.undo_last("ann", note_end="")
    assert standing(catalog) == {ONE: (Choice.NONE, 4)}
    catalog.runs.redo_last("ann", note_end="")
    assert standing(catalog) == {ONE: (Choice.PICK, 4)}
    assert rows() == before
    assert catalog.people.forget("ann") == 1
    assert says() == told[1:]


def test_a_run_that_was_taken_back_takes_no_decision(catalog: Catalog) -> None:
    run = catalog.runs.begin(RunKind.DECIDE)
    catalog.people.decide([pick(ONE)], run_id=run)
    catalog.runs.undo_decisions(run)
    with pytest.raises(UsageError, match=f"run {run} was undone"):
        catalog.people.decide([pick(TWO)], run_id=run)


@pytest.mark.parametrize("source", ["decide", "cull"])
def test_a_rating_comes_from_no_decision(catalog: Catalog, source: str) -> None:
    with pytest.raises(UsageError, match=source):
        catalog.people.prefer("ann", [Preference(content_hash=ONE, rating=3, source=source)])


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_ratings_are_one_to_five(catalog: Catalog, rating: int) -> None:
    with pytest.raises(UsageError, match=r"not within 1\.\.5"):
        catalog.people.prefer("ann", [Preference(content_hash=ONE, rating=rating)])


@pytest.mark.parametrize("stars", [-1, 6])
def test_stars_are_none_to_five(catalog: Catalog, stars: int) -> None:
    with pytest.raises(UsageError, match=r"not within 0\.\.5"):
        catalog.people.decide([pick(ONE, stars)])


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 201, "\ud800"])
def test_an_unusable_name_is_refused(catalog: Catalog, name: str) -> None:
    with pytest.raises(UsageError, match="not a valid user name"):
        catalog.people.prefer(name, [Preference(content_hash=ONE, rating=3)])
    with pytest.raises(UsageError, match="not a valid user name"):
        catalog.people.decide([pick(ONE, user=name)])
    assert catalog.people.preferences(name) == []
    assert catalog.people.users() == []


@pytest.mark.parametrize("unknown", [content_hash(9), "\ud800", "a\0b"])
def test_an_unknown_photo_is_named_and_nothing_is_stored(catalog: Catalog, unknown: str) -> None:
    words = [Preference(content_hash=ONE, rating=5), Preference(content_hash=unknown, rating=5)]
    with pytest.raises(CatalogError, match="not in the catalog"):
        catalog.people.prefer("ann", words)
    with pytest.raises(CatalogError, match="not in the catalog"):
        catalog.people.decide([pick(ONE), pick(unknown)])
    assert catalog.people.preferences("ann") == []
    assert catalog.people.decisions("ann") == {}


def test_the_newest_decision_counts(catalog: Catalog) -> None:
    reject = Decision(
        content_hash=ONE, user="ann", choice=Choice.REJECT, favorite=True, decided_at=NOON
    )
    assert catalog.people.decide([pick(ONE, 3), pick(TWO), pick(TWO, user="bob")]) == 3
    assert catalog.people.decide([reject]) == 1
    assert catalog.people.decisions("ann")[ONE] == reject
    assert standing(catalog) == {ONE: (Choice.REJECT, None), TWO: (Choice.PICK, None)}


def test_the_same_decision_twice_is_one(catalog: Catalog) -> None:
    assert catalog.people.decide([pick(ONE, 3)]) == 1
    assert catalog.people.decide([pick(ONE, 3)]) == 0
    assert catalog.people.decide([pick(ONE, 3, user="bob")]) == 1


def test_undoing_a_run_brings_the_decision_before_it_back(catalog: Catalog) -> None:
    catalog.people.decide([pick(ONE, 2)])
    run = catalog.runs.begin(RunKind.DECIDE, "accept proposals")
    catalog.people.decide([pick(ONE, 5), pick(TWO, 5)], run_id=run)
    assert catalog.runs.undo_decisions(run) == 2
    assert standing(catalog) == {ONE: (Choice.PICK, 2)}
    assert catalog.runs.find(run).undone_at is not None
    assert catalog.runs.undo_decisions(run) == 0


def test_a_decision_made_after_a_run_survives_its_undoing(catalog: Catalog) -> None:
    run = catalog.runs.begin(RunKind.DECIDE)
    catalog.people.decide([pick(ONE, 5)], run_id=run)
    catalog.people.decide([pick(ONE, 1)])
    assert catalog.runs.undo_decisions(run) == 1
    assert standing(catalog) == {ONE: (Choice.PICK, 1)}


def test_what_a_person_said_before_accepting_a_cull_is_theirs(catalog: Catalog) -> None:
    catalog.people.decide([pick(ONE, 2)])
    hand = catalog.runs.begin(RunKind.DECIDE)
    catalog.people.decide([pick(TWO, 1)], run_id=hand)
    cull = catalog.runs.begin(RunKind.CULL)
    catalog.people.decide([pick(ONE, 5), pick(TWO, 5)], run_id=cull)
    by_hand = catalog.people.decisions("ann", by_hand=True)
    assert {photo: decision.stars for photo, decision in by_hand.items()} == {ONE: 2, TWO: 1}
    assert {d.stars for d in catalog.people.decisions("ann").values()} == {5}
