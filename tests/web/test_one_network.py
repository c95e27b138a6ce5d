"""The page and its jobs ask one network: loaded once, one batch at a time."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from aesplugin.compose import Workshop
from aesplugin.errors import ModelError
from aesplugin.models.base import AestheticModel, Answer, ModelCard
from aesplugin.models.fake import FakeModel
from aesplugin.photo import Rendition
from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.photos import drawn, save
from tests.web.client import Client
from tests.web.conftest import CSRF
from tests.web.site import Site, build
from tests.web.test_jobs import ended


@dataclass
class Watched:
    """A model that notices when it is asked twice at once."""

    model: AestheticModel
    card: ModelCard = FakeModel.card
    asking: int = 0
    most: int = 0

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        self.asking += 1
        self.most = max(self.most, self.asking)
        answers = self.model.assess(renditions)
        self.asking -= 1
        return answers


class Counting(Workshop):
    """Counts how often a network is loaded, and fails as often as it is told to."""

    loaded: list[Watched]
    failures = 0

    def load_model(self, *, comments: bool = True) -> AestheticModel:
        if self.failures:
            self.failures -= 1
            raise ModelError("the weights are away")
        self.loaded.append(Watched(FakeModel(seconds_per_photo=0.03)))
        return self.loaded[-1]


@pytest.fixture
def counted(tmp_path: Path) -> Iterator[tuple[Site, Desk, Client]]:
    site = build(tmp_path)
    workshop = Counting(site.workshop.settings)
    workshop.loaded = []
    desk = Desk(workshop, Access(csrf=CSRF))
    with served(create_app(desk)) as port:
        yield (
            replace(site, workshop=workshop, port=port),
            desk,
            Client(port, {"x-csrf-token": CSRF}),
        )
    workshop.catalog.close()
    site.workshop.catalog.close()


def test_jobs_and_page_share_it(counted: tuple[Site, Desk, Client]) -> None:
    site, desk, client = counted
    for number in range(12):
        save(drawn(60 + number, (320, 240)), site.folder / f"NEW_{number}.jpg")
    photo = site.photos["IMG_01.jpg"]
    picture = (site.folder / "IMG_02.jpg").read_bytes()
    begun = client.ask("POST", "/api/v1/jobs", {"paths": [str(site.folder)]}).json
    with ThreadPoolExecutor() as threads:
        asked = [
            threads.submit(client.get, f"/photo/{photo}/crop"),
            threads.submit(client.ask, "POST", "/api/v1/score", picture),
            threads.submit(client.get, f"/photo/{site.photos['IMG_03.jpg']}/crop"),
        ]
        assert [answer.result().status for answer in asked] == [200, 200, 200]
    job = desk.jobs.find(begun["id"])
    assert job is not None
    assert ended(desk.jobs, job).state == "done"
    workshop = site.workshop
    assert isinstance(workshop, Counting)
    assert len(workshop.loaded) == 1
    assert workshop.loaded[0].most == 1


def test_threads_that_begin_together_load_one(tmp_path: Path) -> None:
    workshop = Counting(build(tmp_path).workshop.settings)
    workshop.loaded = []
    barrier = threading.Barrier(8)

    def ask() -> AestheticModel:
        barrier.wait()
        return workshop.model

    with ThreadPoolExecutor(8) as threads:
        found = {id(one.result()) for one in [threads.submit(ask) for _ in range(8)]}
    assert len(found) == len(workshop.loaded) == 1


def test_one_that_failed_to_load_is_tried_again(tmp_path: Path) -> None:
    workshop = Counting(build(tmp_path).workshop.settings)
    workshop.loaded, workshop.failures = [], 1
    with pytest.raises(ModelError):
        _ = workshop.model
    assert workshop.model is workshop.model


def test_the_crop_speaks_of_the_score_that_the_page_shows(
    counted: tuple[Site, Desk, Client],
) -> None:
    """The fake model scores whole and crops by their bytes: never what is in the catalog."""
    site, _, client = counted
    told = 0
    for photo in list(site.photos.values())[:8]:
        crop = client.get(f"/photo/{photo}/crop").text
        entry = site.workshop.catalog.entry(photo, site.workshop.card.revision)
        assert entry is not None
        assert entry.assessment is not None
        told += "instead of" in crop
        if "instead of" in crop:
            assert f"instead of {entry.assessment.score:.1f};" in crop
    assert told
