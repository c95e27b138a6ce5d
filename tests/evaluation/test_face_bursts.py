"""Bursts made of a portrait: what is done to each frame, and whether the good one wins."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.errors import DataError
from aesplugin.evaluation.face_bursts import measure_bursts, read_bursts, winner
from aesplugin.evaluation.made_bursts import Made, Portrait, make_burst
from aesplugin.face import Eyes
from aesplugin.models.base import Answer
from aesplugin.models.faces.detector import FaceDetector
from aesplugin.photo import Rendition
from aesplugin.services.culling import profiles
from tests.evaluation.face_photos import labelled, open_and_closed
from tests.evaluation.judges import CARD

__all__ = ["labelled", "open_and_closed"]  # fixtures


class Indifferent:
    """Takes all photos for equally good."""

    card = CARD

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        return [Answer(score=5.0) for _ in renditions]


def portrait(folder: Path) -> Portrait:
    (path,) = folder.iterdir()
    image = Image.open(path)
    return Portrait(image, FaceDetector().find(image)[0])


@pytest.mark.parametrize("seed", range(4))
def test_what_is_done_to_each_frame(open_and_closed: Path, seed: int) -> None:
    scene, shut = portrait(open_and_closed / "open"), portrait(open_and_closed / "closed")
    frames = {f.made: f for f in make_burst(scene, [shut], np.random.default_rng(seed))}
    assert set(frames) == set(Made)
    assert {frame.image.size for frame in frames.values()} == {scene.image.size}
    (x, y), width = scene.face.centre, scene.face.width
    box = [round(float(side)) for side in (x - width / 3, y - width / 3, x + width / 3, y)]
    steps = {
        made: np.abs(np.diff(np.asarray(frame.image.convert("L").crop(box), np.float32))).mean()
        for made, frame in frames.items()
    }
    assert steps[Made.SOFT] < 0.75 * steps[Made.GOOD]
    blink = frames[Made.BLINK]
    apart = np.abs(np.asarray(blink.image, np.float32) - np.asarray(blink.eyes_open, np.float32))
    assert apart[20:40, :20].mean() < 2 < apart[92:112, 75:135].mean()  # a corner, the eyes


def test_a_scene_is_made_smaller_for_a_face_of_few_pixels(open_and_closed: Path) -> None:
    scene, shut = portrait(open_and_closed / "open"), portrait(open_and_closed / "closed")
    small = shut.scaled(0.5)
    frames = make_burst(scene, [small], np.random.default_rng(0))
    assert abs(frames[0].image.width - 0.5 * scene.image.width) < 5


def test_the_good_frame_wins_by_faces_alone(open_and_closed: Path) -> None:
    paths = [[*(open_and_closed / name).iterdir()] for name in ("open", "closed")]
    (burst,) = read_bursts(*paths, Indifferent())
    read = {made: one.faces for made, one in burst}
    assert [face.eyes for face in read[Made.BLINK] or ()] == [Eyes.CLOSED]
    assert [face.eyes for face in read[Made.GOOD] or ()] == [Eyes.OPEN]
    alike = profiles.load("portrait")
    assert winner(burst, alike) is Made.GOOD


def test_the_report(open_and_closed: Path) -> None:
    report = measure_bursts(
        open_and_closed,
        open_and_closed / "closed",
        Indifferent(),
        profiles.load("auto"),
        split=None,
    )
    assert (report.photos, report.left_out, report.right.value) == (1, 0, 1.0)
    assert report.over_blink.value == report.over_soft.value == 1.0
    assert "the good frame wins: 1.000" in report.table()
    assert report.panels()[0].series["share"][0] == 1.0


def test_a_folder_of_neither_layout(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds neither the folder open nor labels"):
        measure_bursts(tmp_path, tmp_path, Indifferent(), profiles.load("auto"))


def test_photos_without_a_face(labelled: Path, open_and_closed: Path) -> None:
    (labelled / "photos" / "astronaut.png").write_bytes(
        (labelled / "photos" / "rocket.png").read_bytes()
    )
    with pytest.raises(DataError, match="no photo with open eyes shows a face"):
        measure_bursts(
            labelled,
            open_and_closed / "closed",
            Indifferent(),
            profiles.load("auto"),
            split=None,
        )
