"""What the machine could do at most: its disk, its decoders and its network, each by itself.

Beside the whole job they tell which of them holds it back, and how near it comes.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from aesplugin.errors import PhotoError
from aesplugin.models.base import AestheticModel
from aesplugin.photo import Rendition
from aesplugin.services.parts import Examiner

MOST: Final = 64  # photos that each limit is measured on: their renditions are kept meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class BareLimits:
    """Photos a second of each part with the whole machine to itself."""

    disk: float
    decoders: float
    network: float

    def reached(self, photos_per_second: float) -> float:
        """The share of its slowest part that the whole job reached, 0..1."""
        return photos_per_second / min(self.disk, self.decoders, self.network)


def measure_limits(
    paths: Sequence[str], examiner: Examiner, model: AestheticModel, batch: int
) -> BareLimits:
    """Reads, decodes and looks at the first `MOST` of `paths`, one after the other.

    Raises:
        ValueError: none of them can be decoded.
    """
    chosen = list(paths[:MOST])
    disk = _seconds(lambda: [_read(path) for path in chosen])
    list(examiner.examine_all(chosen[:4]))  # the decoders' start is not their pace
    renditions: list[Rendition] = []

    def decode() -> None:
        for _, found in examiner.examine_all(chosen):
            if not isinstance(found, PhotoError):
                renditions.append(found.rendition)

    decoders = _seconds(decode)
    if not renditions:
        raise ValueError("none of the photos can be decoded")
    model.assess(renditions[:batch])
    network = _seconds(
        lambda: [
            model.assess(renditions[start : start + batch])
            for start in range(0, len(renditions), batch)
        ]
    )
    return BareLimits(
        disk=len(chosen) / disk,
        decoders=len(chosen) / decoders,
        network=len(renditions) / network,
    )


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return max(time.perf_counter() - begun, 1e-9)


def _read(path: str) -> int:
    """Reads the file from the disk, not from memory, where the system lets us say so."""
    with open(path, "rb") as stream:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return len(stream.read())
