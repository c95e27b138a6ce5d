import numpy as np
import pytest
from numpy.typing import NDArray

from aesplugin.services.groups.alignment import blurred, find_shift
from aesplugin.services.groups.frame import Frame
from aesplugin.services.groups.shifted import find_focus_stacks, find_panoramas, is_focus_wave
from tests.services.groups.builders import frame, texture

Picture = NDArray[np.float32]


def _frames(count: int, gap: float = 2.0) -> list[Frame]:
    return [frame(f"{i}.jpg", i * gap, focal_length=35.0, f_number=8.0) for i in range(count)]


def _sweep(step: int, count: int = 4, seed: int = 1) -> list[Picture]:
    wide = texture(128, 192 + step * count, seed)
    rng = np.random.default_rng(0)
    return [
        wide[:, i * step : i * step + 192] + rng.normal(0, 3, (128, 192)).astype(np.float32)
        for i in range(count)
    ]


def _stack(count: int = 5) -> list[Picture]:
    sharp = texture(128, 192, 3)
    columns = np.arange(192)
    pictures = []
    for i in range(count):
        focus = (i + 0.5) / count * 192
        soft = np.clip(np.abs(columns - focus) / 60, 0, 1)[None, :]
        pictures.append(((1 - soft) * sharp + soft * blurred(sharp, 25)).astype(np.float32))
    return pictures


def _sketches(frames: list[Frame], pictures: list[Picture]):  # type: ignore[no-untyped-def]
    return dict(zip((f.key for f in frames), pictures, strict=True)).get


@pytest.mark.parametrize(("dx", "dy"), [(40, 0), (-90, 10), (0, 50), (130, -6)])
def test_shift_is_found(dx: int, dy: int) -> None:
    wide = texture(400, 600, 7)
    one = wide[140:268, 200:392]
    other = wide[140 + dy : 268 + dy, 200 + dx : 392 + dx]
    shift = find_shift(one, other)
    assert shift.right == pytest.approx(-dx / 192, abs=0.02)
    assert shift.down == pytest.approx(-dy / 128, abs=0.02)
    assert shift.agreement > 0.9


def test_pictures_of_different_things_agree_little() -> None:
    assert find_shift(texture(128, 192, 1), texture(128, 192, 2)).agreement < 0.5


def test_a_plain_picture_agrees_with_nothing() -> None:
    plain = np.full((128, 192), 100, dtype=np.float32)
    assert find_shift(plain, plain).agreement == 0


def test_a_steady_sweep_is_a_panorama() -> None:
    frames, pictures = _frames(4), _sweep(110)
    assert find_panoramas(frames, range(4), _sketches(frames, pictures)) == [[0, 1, 2, 3]]


def test_two_sweeps_with_another_view_between() -> None:
    frames = _frames(7)
    pictures = [*_sweep(100, 3, 1), texture(128, 192, 9), *_sweep(-100 + 200, 3, 5)]
    found = find_panoramas(frames, range(7), _sketches(frames, pictures))
    assert found == [[0, 1, 2], [4, 5, 6]]


def test_a_still_camera_is_no_panorama() -> None:
    frames, pictures = _frames(4), [_sweep(0, 1)[0]] * 4
    assert find_panoramas(frames, range(4), _sketches(frames, pictures)) == []


def test_there_and_back_is_no_panorama() -> None:
    a, b, c, _ = _sweep(100)
    frames = _frames(4)
    assert find_panoramas(frames, range(4), _sketches(frames, [a, b, a, b])) == []
    assert find_panoramas(frames[:3], range(3), _sketches(frames[:3], [a, b, c])) == [[0, 1, 2]]


def test_following_a_subject_in_an_uneven_rhythm_is_no_panorama() -> None:
    times = (0, 0.5, 7)
    frames = [frame(f"{i}.jpg", at, focal_length=300.0) for i, at in enumerate(times)]
    assert find_panoramas(frames, range(3), _sketches(frames, _sweep(100, 3))) == []


def test_motor_drive_is_no_panorama() -> None:
    frames = _frames(4, gap=0.1)
    assert find_panoramas(frames, range(4), _sketches(frames, _sweep(100))) == []


def test_wandering_focus_is_a_stack() -> None:
    frames, pictures = _frames(5, gap=0.5), _stack()
    assert find_focus_stacks(frames, range(5), _sketches(frames, pictures)) == [[0, 1, 2, 3, 4]]


def test_a_still_burst_is_no_focus_stack() -> None:
    rng = np.random.default_rng(1)
    sharp = texture(128, 192, 3)
    pictures = [sharp + rng.normal(0, 4, sharp.shape).astype(np.float32) for _ in range(5)]
    assert not is_focus_wave(np.stack(pictures))


def test_one_shaken_frame_is_no_focus_stack() -> None:
    sharp = texture(128, 192, 3)
    pictures = [sharp, sharp, blurred(sharp, 20), sharp, sharp]
    assert not is_focus_wave(np.stack(pictures))


def test_getting_out_of_focus_for_good_is_no_stack() -> None:
    sharp = texture(128, 192, 3)
    assert not is_focus_wave(np.stack([blurred(sharp, passes) for passes in (0, 8, 16, 30)]))


def test_without_pictures_nothing_is_claimed() -> None:
    frames = _frames(5)
    assert find_panoramas(frames, range(5), lambda _: None) == []
    assert find_focus_stacks(frames, range(5), lambda _: None) == []
