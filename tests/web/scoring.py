"""Scoring that a test lets go on, photo by photo: a page over photos that are not scored yet."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aesplugin.compose import Workshop
from aesplugin.models.base import AestheticModel, Answer, ModelCard
from aesplugin.models.fake import FakeModel
from aesplugin.photo import Rendition
from aesplugin.settings import Settings
from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.photos import drawn, save
from tests.web.client import Client

BATCH = 4


@dataclass
class Gated:
    """A model that answers about as many photos as it is let."""

    card: ModelCard = FakeModel.card
    allowed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    model: FakeModel = field(default_factory=FakeModel)

    def let(self, photos: int) -> None:
        self.allowed.release(photos)

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        for _ in renditions:
            self.allowed.acquire()
        return self.model.assess(renditions)


class GatedWorkshop(Workshop):
    gate: Gated

    def load_model(self, *, comments: bool | None = None) -> AestheticModel:
        return self.gate


@dataclass(frozen=True)
class Scoring:
    """A page whose jobs wait for `gate`."""

    desk: Desk
    gate: Gated
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def client(self) -> Client:
        return Client(self.port, {"x-aes-client": "test"})

    def start(self) -> int:
        answer = self.client.ask("POST", "/api/v1/jobs", {"paths": [str(self.folder)]})
        assert answer.status == 202, answer.text
        return int(answer.json["id"])

    def job(self, number: int) -> dict[str, object]:
        return dict(self.client.get(f"/api/v1/jobs/{number}").json)

    def score(self, number: int, done: int) -> None:
        """Lets it go on until so many photos are done, and waits for that."""
        self.gate.let(done - int(str(self.job(number)["done"])))
        self.comes_to(number, done=done)

    def comes_to(self, number: int, **values: object) -> dict[str, object]:
        """Waits until the job has these values."""
        for _ in range(1200):
            job = self.job(number)
            if all(job[name] == value for name, value in values.items()):
                return job
            time.sleep(0.05)
        raise AssertionError(f"{job}: not {values} within 60 s")


def photographed(folder: Path, photos: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(photos):
        save(drawn(number, (240, 180)), folder / f"IMG_{number:02}.jpg")


@contextmanager
def scoring(home: Path) -> Iterator[Scoring]:
    """Serves the catalog in `home`, empty at first, over the photos in it."""
    workshop = GatedWorkshop(
        Settings(
            catalog=str(home / "catalog.sqlite3"),
            cache=home / "cache",
            model="fake",
            decoders=1,
            batch_size=BATCH,
        )
    )
    workshop.gate = Gated()
    folder = home / "photos"
    desk = Desk(workshop, Access(), roots=[str(folder)])
    with served(create_app(desk)) as port:
        yield Scoring(desk, workshop.gate, folder, port)
    workshop.gate.let(10_000)  # what was in work when the server ended
    for thread in threading.enumerate():
        if thread.name == "jobs":
            thread.join(timeout=60)
    workshop.catalog.close()
