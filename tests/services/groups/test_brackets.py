import pytest

from aesplugin.services.groups.brackets import find_brackets
from aesplugin.services.groups.frame import Frame
from tests.services.groups.builders import frame


def _found(frames: list[Frame]) -> list[list[int]]:
    return find_brackets(frames, range(len(frames)))


def _shots(biases: list[float], step: float = 0.5, **facts: object) -> list[Frame]:
    return [
        frame(f"{i}.jpg", i * step, exposure_bias=bias, **facts) for i, bias in enumerate(biases)
    ]


@pytest.mark.parametrize("biases", [[0, -1, 1], [-2, 0, 2], [0, -0.33, 0.33], [-2, -1, 0, 1, 2]])
def test_evenly_spaced_biases_are_a_bracket(biases: list[float]) -> None:
    assert _found(_shots(biases)) == [list(range(len(biases)))]


def test_the_same_exposure_again_begins_the_next_bracket() -> None:
    assert _found(_shots([0, -1, 1, 0, -1, 1])) == [[0, 1, 2], [3, 4, 5]]


def test_a_burst_at_one_exposure_is_no_bracket() -> None:
    assert _found(_shots([0, 0, 0, 0])) == []


def test_two_compensated_frames_are_no_bracket_unless_the_camera_says_so() -> None:
    assert _found(_shots([0, 1])) == []
    assert _found(_shots([0, 1], exposure_mode="bracket")) == [[0, 1]]


def test_uneven_compensation_is_no_bracket() -> None:
    assert _found(_shots([0, 0.33, 1.66])) == []


def test_a_pause_ends_a_bracket_but_a_long_exposure_is_no_pause() -> None:
    assert _found(_shots([0, -1, 1], step=10)) == []
    assert _found(_shots([0, -1, 1], step=10, exposure_time=8.0)) == [[0, 1, 2]]


def test_shutter_steps_at_constant_iso_are_a_bracket() -> None:
    shots = [
        frame(f"{i}.jpg", i, exposure_time=t, iso=100)
        for i, t in enumerate([1 / 60, 1 / 15, 1 / 250])
    ]
    assert _found(shots) == [[0, 1, 2]]


def test_drifting_automatic_exposure_is_no_bracket() -> None:
    shots = [
        frame(f"{i}.jpg", i, exposure_time=1 / t, iso=100) for i, t in enumerate([500, 640, 800])
    ]
    assert _found(shots) == []


def test_zooming_in_between_is_no_bracket() -> None:
    shots = [
        frame(f"{i}.jpg", i, exposure_bias=b, focal_length=f)
        for i, (b, f) in enumerate([(0, 35), (-1, 50), (1, 70)])
    ]
    assert _found(shots) == []


def test_a_camera_that_marks_but_writes_no_bias_is_believed_by_its_shutter() -> None:
    shots = [
        frame(f"{i}.jpg", i, exposure_mode="bracket", exposure_time=t)
        for i, t in enumerate([1 / 100, 1 / 33, 1 / 400])
    ]
    assert _found(shots) == [[0, 1, 2]]
