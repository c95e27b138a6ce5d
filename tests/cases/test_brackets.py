"""Brackets made at night, by the ISO, or of two frames that the camera marks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from aesplugin.services.groups.brackets import find_brackets
from aesplugin.services.groups.frame import Frame, GroupKind
from tests.cases.catalogued import Catalogued
from tests.services.groups.builders import frame

BRACKETS = {
    "2hdr5": [5],
    "4hdr3x2": [3, 3],
    "5isobracket": [3],
    "9aebM": [3],
    "10night": [3],
    "11nightNR": [3],
    "12bracketAuto3rd": [3],
}


def test_each_bracket_of_the_case_is_found_and_never_culled_inside(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    known = Catalogued(made("13") / "burst", tmp_path)
    for folder in sorted(path.name for path in known.folder.iterdir()):
        found = known.cull(folder, keep=1, strictness=1.0)
        series = [group for group in found.grouping.groups if group.kind.is_series]
        assert all(group.kind is GroupKind.BRACKET for group in series), folder
        sizes = [len(group.members) for group in series]
        assert sizes == BRACKETS.get(folder, []), folder
        choices = {p.content_hash: p.choice for p in found.culling.proposals}
        for group in series:
            assert len({choices[key] for key in group.members}) == 1


def _found(frames: list[Frame]) -> list[list[int]]:
    return find_brackets(frames, range(len(frames)))


def _night(times: list[float], exposures: list[float], **facts: object) -> list[Frame]:
    return [
        frame(f"{n}.jpg", at, exposure_time=exposure, **({"iso": 100} | facts))
        for n, (at, exposure) in enumerate(zip(times, exposures, strict=True))
    ]


def test_a_dark_frame_after_each_exposure_ends_no_bracket() -> None:
    began, ended = [0, 5, 22], [2, 12, 50]  # of 2, 8 and 30 s: the time when it began, or ended
    for times in (began, ended):
        assert _found(_night(times, [2, 8, 30])) == [[0, 1, 2]]
    assert _found(_night([0, 62, 80], [30, 8, 2])) == [[0, 1, 2]]
    assert _found(_night([0, 15, 70], [2, 8, 30])) == []
    assert _found(_night([0, 4, 8], [1 / 60, 1 / 15, 1 / 4])) == []  # no night, a pause


@pytest.mark.parametrize("iso", [[400, 100, 1600], [100, 400, 1600], [200, 100, 400, 50, 800]])
def test_steps_of_the_iso_at_one_shutter_are_a_bracket(iso: list[int]) -> None:
    shots = [frame(f"{n}.jpg", n / 2, exposure_time=1 / 60, iso=one) for n, one in enumerate(iso)]
    assert _found(shots) == [list(range(len(iso)))]
    shown = {one.key: np.full((8, 8), np.log2(one.exif.iso or 1) * 15) for one in shots}
    assert find_brackets(shots, range(len(shots)), shown.get) == [list(range(len(iso)))]  # type: ignore[arg-type]


def test_automatic_iso_that_follows_the_light_is_no_bracket() -> None:
    drifting = [
        frame(f"{n}.jpg", n / 9, exposure_time=1 / 1000, iso=iso)
        for n, iso in enumerate([400, 500, 640, 800])
    ]
    assert _found(drifting) == []
    into_the_shade = [
        frame(f"{n}.jpg", n / 9, exposure_time=1 / 1000, iso=iso)
        for n, iso in enumerate([400, 800, 1600])
    ]
    alike = {one.key: np.full((8, 8), 118 + n) for n, one in enumerate(into_the_shade)}
    assert find_brackets(into_the_shade, range(3), alike.get) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "varied",
    [
        {"exposure_bias": [0, 1]},
        {"exposure_time": [1 / 60, 1 / 15], "exposure_bias": [0, 0]},
        {"iso": [100, 400], "exposure_time": [1 / 60, 1 / 60], "exposure_bias": [0, 0]},
        {"f_number": [4.0, 8.0], "exposure_time": [1 / 60, 1 / 60]},
    ],
)
def test_two_frames_marked_by_the_camera_are_a_bracket(varied: dict[str, list[float]]) -> None:
    def shots(mode: str, between: float, times: int = 1) -> list[Frame]:
        values = [dict(zip(varied, one, strict=True)) for one in zip(*varied.values(), strict=True)]
        return [
            frame(f"{n}.jpg", n * between, exposure_mode=mode, **one)
            for n, one in enumerate(values * times)
        ]

    assert _found(shots("bracket", 0.3)) == [[0, 1]]
    assert _found(shots("bracket", 8)) == [[0, 1]]
    assert _found(shots("bracket", 0.3, times=2)) == [[0, 1], [2, 3]]
    assert _found(shots("bracket", 15)) == []
    assert _found(shots("auto", 0.3)) == []


def test_a_bracket_made_with_the_aperture_keeps_its_shutter() -> None:
    shots = [
        frame(f"{n}.jpg", n / 2, exposure_bias=bias, f_number=f, exposure_time=1 / 125)
        for n, (bias, f) in enumerate([(0, 5.6), (-1, 8.0), (1, 4.0)])
    ]
    assert _found(shots) == [[0, 1, 2]]
