"""The time left: honest from the first moment on, with a clock that a test turns."""

import pytest

from aesplugin.services.pace import Pace, time_left


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Run:
    """Photos that come in batches at a rate; `known` ones at once."""

    def __init__(self, total: int, known: int = 0) -> None:
        self.clock, self.total, self.done = Clock(), total, 0
        self.pace = Pace(known, clock=self.clock)
        for _ in range(known):
            self.came(1)

    def came(self, photos: int) -> None:
        for _ in range(photos):
            self.done += 1
            self.pace.note(self.done)

    def go(self, batches: int, *, every: float, photos: int = 8) -> None:
        for _ in range(batches):
            self.clock.now += every
            self.came(photos)

    @property
    def left(self) -> float | None:
        return self.pace.seconds_left(self.done, self.total)


def test_nothing_is_said_before_there_is_enough_to_tell() -> None:
    run = Run(900)
    assert run.left is None
    run.go(1, every=20)  # the model is loaded, the first batch comes
    assert run.left is None
    run.clock.now += 60
    assert run.left is None, "one batch says nothing, however long ago"
    run.go(1, every=1)
    assert run.left is not None


def test_what_was_known_and_loading_the_model_do_not_count() -> None:
    run = Run(2000, known=1000)
    run.go(1, every=90)
    run.go(10, every=4)  # 2 photos a second
    assert run.left == pytest.approx((1000 - 88) / 2, rel=0.02)
    assert run.pace.rate == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize("every", [0.5, 4, 45])
def test_it_is_right_at_any_speed(every: float) -> None:
    run = Run(10_000)
    run.go(1 + int(300 / every), every=every)
    assert run.left == pytest.approx((run.total - run.done) / 8 * every, rel=0.15)


def test_it_follows_slower_photos_within_half_a_minute() -> None:
    run = Run(10_000)
    run.go(200, every=1)
    before = run.left
    run.go(8, every=5)
    assert before and run.left and run.left > 1.4 * before


def test_a_run_that_stands_still_takes_longer_and_longer() -> None:
    run = Run(900)
    run.go(20, every=2)
    before = run.left
    run.clock.now += 120
    assert before and run.left and run.left > 1.5 * before


def test_a_pause_does_not_count() -> None:
    run = Run(900)
    run.go(20, every=2)
    before, rate = run.left, run.pace.rate
    run.pace.pause()
    run.clock.now += 3600
    run.pace.pause()
    assert (run.left, run.pace.rate) == (before, rate)
    run.pace.resume()
    run.pace.resume()
    assert run.left == before
    run.go(5, every=2)
    assert run.pace.rate == pytest.approx(4, rel=0.05)


def test_it_never_falls_below_zero() -> None:
    run = Run(100)
    run.go(20, every=2)  # more came than were counted at first
    assert run.done > run.total and run.left == 0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, ""), (float("inf"), ""), (0, "less than a minute left"),
     (44, "less than a minute left"), (46, "about 1 min left"), (95, "about 2 min left"),
     (360, "about 6 min left"),
     (3569, "about 59 min left"), (3571, "about 1 h left"), (4700, "about 1 h 20 min left"),
     (7150, "about 2 h left"), (35_990, "about 10 h left"), (13 * 3600, "about 13 h left"),
     (3 * 86400, "about 3 days left")],
)  # fmt: skip
def test_it_is_said_no_more_exactly_than_it_is_known(seconds: float | None, said: str) -> None:
    assert time_left(seconds) == said
