"""How quick the main job is: photos a second, where the time goes, peak memory.

Nothing here asserts a time: the figures depend on the machine, so they are printed and kept in
docs/performance.md.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import psutil
from PIL import Image, ImageOps

from aesplugin.errors import PhotoError
from aesplugin.models.base import AestheticModel
from aesplugin.photo import Rendition
from aesplugin.samples import FileFormat
from aesplugin.services.context import Examiner

_ASPECT = 4 / 3
_GRAIN = (256, 250)  # px, of the tile that is laid over a photo


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedReport:
    """One timed run. Seconds are wall time of the scoring process, but for `decode_cpu`."""

    photos: int
    seconds: float
    network_seconds: float  # inside the model
    database_seconds: float  # inside the catalog
    other_seconds: float  # waiting for decoded photos, thumbnails, bookkeeping
    decode_cpu_seconds: float  # CPU time of the decoding processes
    load_seconds: float  # reading the model's weights, not part of `seconds`
    peak_memory_mb: float  # all processes together (private pages counted once each)

    @property
    def photos_per_second(self) -> float:
        """Throughput of the whole job."""
        return self.photos / self.seconds


class Stopwatch:
    """Adds up the time spent inside objects it has wrapped."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def wrap(self, wrapped: Any) -> Any:
        """An object like `wrapped` whose method calls are timed."""
        return _Timed(wrapped, self)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Counts the time until the block ends."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - began


class _Timed:
    def __init__(self, wrapped: Any, watch: Stopwatch) -> None:
        self._wrapped = wrapped
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._wrapped, name)
        if not callable(member):
            return member

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self._watch.running():
                return member(*args, **kwargs)

        return timed


class MemoryWatch:
    """Samples the memory of a process (by default this one) and its children until closed."""

    def __init__(self, process_id: int | None = None, *, interval_seconds: float = 0.2) -> None:
        self._watched = psutil.Process(process_id)
        self.peak_mb = 0.0
        self.children_cpu_seconds = 0.0
        self._cpu: dict[int, float] = {}
        self._interval = interval_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample_until_stopped, daemon=True)

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample_until_stopped(self) -> None:
        while not self._stop.wait(self._interval):
            children = _children(self._watched)
            used = [_resident_bytes(process) for process in (self._watched, *children)]
            self.peak_mb = max(self.peak_mb, sum(used) / 2**20)
            for child in children:
                self._cpu[child.pid] = max(_cpu_seconds(child), self._cpu.get(child.pid, 0.0))
            self.children_cpu_seconds = sum(self._cpu.values())


def make_photos(
    folder: Path,
    sources: list[str],
    *,
    count: int,
    megapixels: float = 12,
    file_format: FileFormat = FileFormat.JPEG,
    seed: int = 0,
) -> None:
    """Fills `folder` with `count` photos of `megapixels`, no two alike, made from `sources`.

    Each is a random crop of a source (so neither pixels nor bytes repeat), enlarged, with a
    little grain: of 12 MP a JPEG has 1.4 MB.
    """
    width = round((megapixels * 1e6 * _ASPECT) ** 0.5)
    size = width, round(width / _ASPECT)
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        with Image.open(sources[index % len(sources)]) as opened:
            source = ImageOps.exif_transpose(opened).convert("RGB")
        picture = _random_crop(source, rng).resize(size, Image.Resampling.BICUBIC)
        grain = rng.integers(-4, 5, (*_GRAIN, 3), dtype=np.int16)
        times = [-(-side // tile) for side, tile in zip(size[::-1], _GRAIN, strict=True)]
        tiled = np.tile(grain, (*times, 1))[: size[1], : size[0]]
        pixels = np.clip(np.asarray(picture, np.int16) + tiled, 0, 255).astype(np.uint8)
        _save(Image.fromarray(pixels), folder / f"speed_{index:05d}", file_format)


def _save(picture: Image.Image, path: Path, file_format: FileFormat) -> None:
    if file_format is FileFormat.HEIC:
        import pillow_heif

        pillow_heif.from_pillow(picture).save(path.with_suffix(".heic"), quality=70)
    else:
        picture.save(path.with_suffix(".jpg"), quality=90)


def _random_crop(source: Image.Image, rng: np.random.Generator) -> Image.Image:
    share = rng.uniform(0.6, 0.95)
    width, height = int(source.width * share), int(source.height * share)
    left = int(rng.integers(0, source.width - width + 1))
    top = int(rng.integers(0, source.height - height + 1))
    return source.crop((left, top, left + width, top + height))


def time_run(
    run: Callable[[], int], *, network: Stopwatch, database: Stopwatch, loading: Stopwatch
) -> SpeedReport:
    """Times `run`, which scores photos through wrapped parts and returns how many."""
    began = time.perf_counter()
    with MemoryWatch() as memory:
        photos = run()
    seconds = time.perf_counter() - began - loading.seconds
    return SpeedReport(
        photos=photos,
        seconds=seconds,
        network_seconds=network.seconds,
        database_seconds=database.seconds,
        other_seconds=seconds - network.seconds - database.seconds,
        decode_cpu_seconds=memory.children_cpu_seconds,
        load_seconds=loading.seconds,
        peak_memory_mb=memory.peak_mb,
    )


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:  # the watched one may end before it is waited for
        return []


def _resident_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:  # it ended between the listing and the look
        return 0


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


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
