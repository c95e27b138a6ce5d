"""A link brings nothing that is there under its own name, whenever it is made."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from aesplugin.imaging.scan import walk
from aesplugin.photo import PhotoState
from aesplugin.services.files.same_files import known_place
from aesplugin.workers.events import SystemHints
from aesplugin.workers.folders import Folder
from tests.workers.fakes import write_photo
from tests.workers.test_watcher import Scene

IN_PLACE = {"m/trip/0.jpg": PhotoState.ASSESSED, "m/trip/1.jpg": PhotoState.ASSESSED}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Two photos in m/trip, watched; what is outside lies in `ext` beside the watched folder."""
    watching = Scene(tmp_path, reconcile_seconds=15)
    for number in range(2):
        write_photo(watching.folder / "m" / "trip" / f"{number}.jpg", number)
    watching.until(lambda: watching.names() == IN_PLACE)
    yield watching
    watching.hints.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("m/loop", ".."),  # the watched folder itself
        ("m/trip/loop", ".."),
        ("m/trip/self", "."),
        ("a", "m/trip"),  # before the folder in every order
        ("z", "m/trip"),
        ("a.jpg", "m/trip/0.jpg"),
        ("m/trip/2.jpg", "0.jpg"),
        ("away", "nowhere"),
    ],
)
def test_what_is_in_the_folder_is_not_brought_again(scene: Scene, link: str, target: str) -> None:
    (scene.folder / link).symlink_to(target)
    scene.pass_time(40)
    assert scene.names() == IN_PLACE
    fresh = [os.path.relpath(s.path, scene.folder) for s in walk([str(scene.folder)])]
    assert fresh == list(IN_PLACE)


def test_a_folder_moved_in_brings_its_photos_and_not_what_its_links_lead_to(
    scene: Scene, tmp_path: Path
) -> None:
    write_photo(tmp_path / "new" / "3.jpg", 3)
    (tmp_path / "new" / "up").symlink_to("..")
    (tmp_path / "new" / "one.jpg").symlink_to("../m/trip/0.jpg")
    (tmp_path / "new").rename(scene.folder / "new")
    wanted = IN_PLACE | {"new/3.jpg": PhotoState.ASSESSED}
    scene.until(lambda: scene.names() == wanted)
    scene.pass_time(40)
    assert scene.names() == wanted


def test_two_links_to_one_place_outside_bring_it_once(scene: Scene, tmp_path: Path) -> None:
    write_photo(tmp_path / "ext" / "3.jpg", 3)
    for name in ("x", "y"):
        (scene.folder / name).symlink_to(tmp_path / "ext")
        (scene.folder / f"{name}.jpg").symlink_to(tmp_path / "ext" / "3.jpg")
    scene.until(lambda: len(scene.names()) > 2)
    scene.pass_time(40)
    assert scene.names() == IN_PLACE | {"x/3.jpg": PhotoState.ASSESSED}


def test_loops_outside_end(scene: Scene, tmp_path: Path) -> None:
    write_photo(tmp_path / "ext" / "3.jpg", 3)
    (tmp_path / "ext" / "again").symlink_to(tmp_path / "ext")
    (tmp_path / "ext" / "back").symlink_to(scene.folder)
    (scene.folder / "out").symlink_to(tmp_path / "ext")
    scene.until(lambda: "out/3.jpg" in scene.names())
    scene.pass_time(40)
    assert scene.names() == IN_PLACE | {"out/3.jpg": PhotoState.ASSESSED}


def test_a_link_that_comes_to_lead_into_the_folder_takes_its_photos_back(
    scene: Scene, tmp_path: Path
) -> None:
    write_photo(tmp_path / "ext" / "0.jpg", 3)
    link = scene.folder / "link"
    link.symlink_to(tmp_path / "ext")
    scene.until(lambda: "link/0.jpg" in scene.names())
    other = scene.folder / "other"
    other.symlink_to(scene.folder / "m" / "trip")
    other.replace(link)
    scene.until(lambda: scene.names()["link/0.jpg"] is PhotoState.MISSING)
    assert scene.names() == IN_PLACE | {"link/0.jpg": PhotoState.MISSING}


def test_a_photo_that_a_link_to_it_replaced_is_the_one_it_leads_to(scene: Scene) -> None:
    photo = scene.folder / "m" / "trip" / "0.jpg"
    (scene.folder / "kept").mkdir()
    photo.rename(scene.folder / "kept" / "0.jpg")
    photo.symlink_to(scene.folder / "kept" / "0.jpg")
    scene.until(lambda: "kept/0.jpg" in scene.names())
    scene.pass_time(40)
    assert scene.names() == IN_PLACE | {
        "m/trip/0.jpg": PhotoState.MISSING,
        "kept/0.jpg": PhotoState.ASSESSED,
    }


def test_a_link_to_a_photo_elsewhere_is_taken(scene: Scene, tmp_path: Path) -> None:
    write_photo(tmp_path / "ext" / "3.jpg", 3)
    (scene.folder / "far.jpg").symlink_to(tmp_path / "ext" / "3.jpg")
    scene.until(lambda: scene.names().get("far.jpg") is PhotoState.ASSESSED)


def test_a_link_within_is_no_folder_elsewhere(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    (scene.folder / "m" / "loop").symlink_to("..")
    scene.pass_time(40)
    assert "sends no events" not in caplog.text


def test_a_watched_link_that_comes_to_lead_elsewhere_is_followed(
    scene: Scene, tmp_path: Path
) -> None:
    """What it leads to is known by its own name, then by none."""
    link, ext = tmp_path / "link", tmp_path / "ext"
    link.symlink_to(scene.folder)
    called = partial(known_place, scene.parts.catalog)
    scene.watcher = scene.watching([Folder(str(link), [], called=called)])
    write_photo(scene.folder / "m" / "new.jpg", 2)
    wanted = IN_PLACE | {"m/new.jpg": PhotoState.ASSESSED}
    scene.until(lambda: scene.names() == wanted)
    write_photo(ext / "3.jpg", 3)
    (tmp_path / "other").symlink_to(ext)
    (tmp_path / "other").replace(link)
    scene.until(lambda: scene.names() == wanted | {"../link/3.jpg": PhotoState.ASSESSED})


class Pair(Scene):
    """Two watched folders side by side, A and B, in one parent."""

    def __init__(self, tmp_path: Path, watched: tuple[str, ...]) -> None:
        super().__init__(tmp_path, reconcile_seconds=15)
        self.hints.close()  # type: ignore[attr-defined]
        self.hints = SystemHints()
        self.watcher = self.watching([Folder(str(self.folder / name), []) for name in watched])


@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize(
    ("watched", "links", "also"),
    [
        (("A", "B"), {"A/b": "../B", "B/a": "../A"}, set()),
        (("B", "A"), {"A/b": "../B", "B/a": "../A"}, set()),
        (("A", "B"), {"A/b": "../B", "A/deep": "../B/in"}, set()),
        (("A", "B"), {"A/b.jpg": "../B/b.jpg", "B/a.jpg": "../A/a.jpg"}, set()),
        (("A", "B", "L"), {"L": "A"}, set()),
        (("L", "A", "B"), {"L": "A"}, set()),
        (("A", "B"), {"A/up": "..", "B/c": "../C"}, {"B/c/c.jpg", "A/up/C/c.jpg"}),
    ],
)
def test_watched_folders_that_lead_to_each_other_bring_nothing_twice(
    tmp_path: Path,
    watched: tuple[str, ...],
    links: dict[str, str],
    also: set[str],
    is_late: bool,
) -> None:
    place = Pair(tmp_path, watched)
    own = ("A/a.jpg", "B/b.jpg", "B/in/c.jpg")
    for number, name in enumerate((*own, "C/c.jpg")):
        write_photo(place.folder / name, number)
    if is_late:
        place.until(lambda: set(place.names()) == set(own))
    for link, target in links.items():
        (place.folder / link).symlink_to(target)
    try:
        place.until(lambda: set(own) <= set(place.names()))
        place.pass_time(40)
        taken = {name for name, state in place.names().items() if state is PhotoState.ASSESSED}
        assert taken - also == set(own) and len(taken & also) == bool(also)
    finally:
        place.hints.close()  # type: ignore[attr-defined]
