"""A page that does not wait for a taste that takes long to learn."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from aesplugin.services.personal.background_refresh import PatientTaste

SLOW = 0.4  # s


@dataclass
class SlowTaste:
    """Answers after a while, each time something new."""

    seconds: float
    asked: list[str] = field(default_factory=list)

    def scores(self, user: str) -> Mapping[str, float]:
        self.asked.append(user)
        time.sleep(self.seconds)
        return {"photo": float(len(self.asked))}


def test_what_is_quick_is_always_new() -> None:
    taste = PatientTaste(SlowTaste(0.0), size=lambda: 100)
    assert [taste.scores("ann")["photo"] for _ in range(3)] == [1, 2, 3]


def test_what_is_slow_is_answered_from_memory_and_renewed_behind() -> None:
    slow = SlowTaste(SLOW)
    taste = PatientTaste(slow, size=lambda: 100)
    assert taste.scores("ann") == {"photo": 1}  # the first time nobody knows yet
    began = time.monotonic()
    assert taste.scores("ann") == {"photo": 1}
    assert time.monotonic() - began < SLOW / 2
    assert slow.asked == ["ann"]  # just asked: not again within moments
    time.sleep(2.1)
    taste.scores("ann")
    deadline = time.monotonic() + 20
    while taste.scores("ann") == {"photo": 1}:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert taste.scores("ann") == {"photo": 2}


def test_nobody_waits_for_a_large_catalog() -> None:
    taste = PatientTaste(SlowTaste(SLOW), size=lambda: 100_000)
    assert taste.scores("ann") == {}
    deadline = time.monotonic() + 20
    while not taste.scores("ann"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert taste.scores("bob") == {}
