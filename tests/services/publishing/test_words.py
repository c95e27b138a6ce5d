"""Whose stars and flags are written: a person's before the machine's."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Preference, RunKind
from aesplugin.decision import Choice, Decision, Word
from aesplugin.services.decide import decide
from aesplugin.services.publish import Outcome, Publisher, PublishOptions, stars_of
from aesplugin.sidecars.base import Publication
from aesplugin.sidecars.xmp import XmpSidecar
from tests.services.publishing.builders import REVISION, publish, put
from tests.sidecars.samples import lost, style


class TestDecisions:
    def test_a_persons_stars_and_picks_go_before_the_machines(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        content = put(catalog, folder / "a.CR2", 1, score=9.9)
        catalog.people.decide(
            [Decision(content_hash=content, user="ada", choice=Choice.PICK, stars=2)]
        )
        publish(publisher)
        data = (folder / "a.CR2.xmp").read_text()
        assert ">2</xmp:Rating>" in data and ">3</digiKam:PickLabel>" in data

    def test_a_reject_is_minus_one(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        content = put(catalog, folder / "a.CR2", 1)
        catalog.people.decide(
            [Decision(content_hash=content, user="ada", choice=Choice.REJECT, stars=5)]
        )
        publish(publisher)
        assert ">-1</xmp:Rating>" in (folder / "a.CR2.xmp").read_text()

    @pytest.mark.parametrize("name", ["darktable", "digikam", "lightroom"])
    def test_the_flag_of_a_decision_that_was_undone_goes(
        self, publisher: Publisher, catalog: Catalog, folder: Path, name: str
    ) -> None:
        content = put(catalog, folder / "a.CR2", 1)
        sidecar = folder / "a.CR2.xmp"
        sidecar.write_bytes(style(name))
        labels = PublishOptions(user="ada", labels=True)
        run = decide(catalog, "ada", [content], Word(choice=Choice.REJECT))
        publish(publisher, labels)
        assert run is not None
        catalog.runs.undo_decisions(run.id)
        publish(publisher, PublishOptions(user="ada", tags=True))
        assert b"aes:WrotePick" in sidecar.read_bytes() or name == "digikam"  # not opted in
        publish(publisher, labels)
        data = sidecar.read_bytes()
        assert b"aes:WrotePick" not in data and b"aes:WroteLabel" not in data
        for mark in (b"Label", b"colorlabels"):
            assert data.count(mark) == style(name).count(mark)
        assert lost(style(name), data) == []

    def test_without_a_decision_no_flag_is_set(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        put(catalog, folder / "a.CR2", 1)
        publish(publisher)
        assert "PickLabel" not in (folder / "a.CR2.xmp").read_text()


def test_stars_cover_the_scale_in_equal_steps() -> None:
    assert [stars_of(score) for score in (1.0, 2.79, 2.81, 5.5, 8.19, 8.21, 10.0)] == [
        1, 1, 2, 3, 4, 5, 5,
    ]  # fmt: skip


class TestOnlyMine:
    """The machine's stars never pass for a person's: they are told apart, and can be left out."""

    @pytest.fixture
    def scored(self, catalog: Catalog, folder: Path) -> dict[str, str]:
        """Six photos: ada gave stars, rejected, rated, took her stars away, picked; one is new."""
        names = ("starred", "rejected", "rated", "unstarred", "picked", "new")
        keys = {n: put(catalog, folder / f"{n}.CR2", i + 1, score=9.9) for i, n in enumerate(names)}
        for name, word in (
            ("starred", Word(stars=2)), ("rejected", Word(choice=Choice.REJECT, stars=3)),
            ("unstarred", Word(stars=4)), ("unstarred", Word(stars=0)),
            ("picked", Word(choice=Choice.PICK)),
        ):  # fmt: skip
            decide(catalog, "ada", [keys[name]], word)
        catalog.people.prefer("ada", [Preference(content_hash=keys["rated"], rating=1)])
        return keys

    def stars(self, folder: Path) -> dict[str, int | None]:
        found = {}
        for sidecar in sorted(folder.glob("*.xmp")):
            text = sidecar.read_text()
            rated = re.search(r">(-?\d)</xmp:Rating>|xmp:Rating=\"(-?\d)\"", text)
            found[sidecar.name.split(".")[0]] = int(rated[1] or rated[2]) if rated else None
        return found

    def test_only_the_persons_stars(
        self, publisher: Publisher, catalog: Catalog, folder: Path, scored: dict[str, str]
    ) -> None:
        options = PublishOptions(user="ada", ratings=True, only_mine=True)
        results = list(publisher.publish(catalog.entries(REVISION), options))
        assert not any(result.stars_of_score for result in results)
        expected = {"starred": 2, "rejected": -1, "rated": 1}
        assert self.stars(folder) == dict.fromkeys(scored, None) | expected
        again = list(publisher.publish(catalog.entries(REVISION), options))
        assert {result.outcome for result in again} == {Outcome.UNCHANGED}

    def test_the_machines_are_told_and_taken_out_again(
        self, publisher: Publisher, catalog: Catalog, folder: Path, scored: dict[str, str]
    ) -> None:
        (folder / "new.CR2.xmp").write_bytes(style("lightroom"))
        before = (folder / "new.CR2.xmp").read_bytes()
        options = PublishOptions(user="ada", ratings=True)
        for dry_run in (True, False):
            found = publisher.publish(catalog.entries(REVISION), options, dry_run=dry_run)
            told = {Path(one.photo).stem for one in found if one.stars_of_score}
            assert told >= {"unstarred", "picked"}
            assert told <= {"unstarred", "picked", "new"}
        stars = self.stars(folder)
        assert (stars["starred"], stars["rejected"], stars["rated"]) == (2, -1, 1)
        assert (stars["unstarred"], stars["picked"]) == (5, 5)
        only = replace(options, only_mine=True)
        (run, *_) = catalog.runs.latest(RunKind.PUBLISH)
        list(publisher.publish(catalog.entries(REVISION), only))
        after = self.stars(folder)
        assert (after["unstarred"], after["picked"], after["starred"]) == (None, None, 2)
        for number in (catalog.runs.latest(RunKind.PUBLISH)[0].id, run.id):
            list(publisher.unpublish(number))
        assert (folder / "new.CR2.xmp").read_bytes() == before

    def test_a_persons_stars_in_the_sidecar_stay(
        self, publisher: Publisher, catalog: Catalog, folder: Path, scored: dict[str, str]
    ) -> None:
        data = XmpSidecar().merge(None, Publication(stars=5)).data
        assert data is not None
        foreign_stars = data.replace(b"aes:WroteRating", b"aes:Other")
        (folder / "new.CR2.xmp").write_bytes(foreign_stars)
        options = PublishOptions(user="ada", ratings=True, only_mine=True)
        list(publisher.publish(catalog.entries(REVISION), options))
        assert self.stars(folder)["new"] == 5
