"""How long a job takes, by the wall and by the processor."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds for one step over `photos` photos, by the wall and by the processor."""

    photos: int
    seconds: float
    processor: float


def time_once(photos: int, job: Callable[[], object]) -> Timing:
    """Seconds for `job`."""
    began, worked = time.perf_counter(), time.process_time()
    job()
    return Timing(
        photos=photos,
        seconds=time.perf_counter() - began,
        processor=time.process_time() - worked,
    )
