"""Files of every format that can be made here, and real ones, sound and broken: each gets a state.

The large run examines 1,000 of them where the real ones are there, a small one always runs.
"""

import io
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import imagecodecs
import numpy as np
import pillow_heif
import psutil
import pytest
import tifffile

from aesplugin.errors import PhotoError
from aesplugin.imaging.examine import Examination
from aesplugin.imaging.sandbox.pool import ImagingPool
from tests.cases.test_raw_preview_upright import dng
from tests.imaging.photos import encoded, fuzzed, noise

MEMORY_MB = 2048
PLAIN = noise(240, 160)
SMALL = np.asarray(PLAIN)
WIDE = SMALL.astype(np.uint16) * 257
MODES = {
    "JPEG": ("RGB", "L", "CMYK"),
    "PNG": ("RGB", "L", "RGBA", "LA", "P", "1", "I;16"),
    "GIF": ("P", "L"),
    "BMP": ("RGB", "L", "P", "1"),
    "WEBP": ("RGB", "RGBA"),
    "AVIF": ("RGB", "RGBA", "L"),
    "TIFF": ("RGB", "L", "CMYK", "LAB", "YCbCr", "P", "1", "RGBA", "I;16", "F"),
    "JPEG2000": ("RGB", "L"),
    "PPM": ("RGB", "L"),
    "TGA": ("RGB", "L"),
    "PCX": ("RGB", "L"),
    "ICO": ("RGBA",),
    "PDF": ("RGB",),
    "EPS": ("RGB",),
    "SGI": ("RGB",),
    "DDS": ("RGB",),
    "QOI": ("RGB",),
}
TIFFS = [
    {"compression": compression, "planarconfig": planar, "tile": tile, "byteorder": order}
    for compression in (None, "lzw", "deflate", "zstd", "packbits", "lerc", "jpegxl")
    for planar in ("contig", "separate")
    for tile in (None, (64, 64))
    for order in "<>"
]
TYPES = (np.uint8, np.uint16, np.uint32, np.int16, np.float16, np.float32, np.float64)


def sound() -> Iterator[bytes]:
    """One file after the other, of every kind this machine can write."""
    for form, modes in MODES.items():
        for mode in modes:
            image = PLAIN.convert("L") if mode in ("I;16", "F") else PLAIN
            yield encoded(
                image.convert("I").convert(mode) if mode == "I;16" else image.convert(mode), form
            )
    yield from _jpegs()
    yield from _tiffs()
    yield from _heifs()
    yield from _other_codecs()
    for code in (1, 3, 6, 8):
        yield dng(PLAIN, code, encoded(PLAIN), PLAIN.size)


def _jpegs() -> Iterator[bytes]:
    for options in ({"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}):
        yield encoded(PLAIN, **options)
        yield encoded(PLAIN, **options)[:-2]
    yield encoded(PLAIN) + b"\0\0\0\x1cftypmp42" + bytes(5000)


def _tiffs() -> Iterator[bytes]:
    for options in TIFFS:
        pixels = np.moveaxis(SMALL, 2, 0) if options["planarconfig"] == "separate" else SMALL
        out = io.BytesIO()
        kept = {key: value for key, value in options.items() if value is not None}
        tifffile.imwrite(out, np.ascontiguousarray(pixels), photometric="rgb", **kept)
        yield out.getvalue()
    for dtype in TYPES:
        out = io.BytesIO()
        tifffile.imwrite(out, SMALL.astype(dtype), photometric="rgb", bigtiff=dtype == np.uint8)
        yield out.getvalue()


def _heifs() -> Iterator[bytes]:
    for primaries, transfer in ((1, 13), (12, 13), (9, 16), (9, 18)):
        out = io.BytesIO()
        picture = pillow_heif.from_bytes("RGB;16", (240, 160), WIDE.tobytes())
        picture.save(
            out, save_nclx_profile=True, color_primaries=primaries,
            transfer_characteristics=transfer,
        )  # fmt: skip
        yield out.getvalue()
        for bits in (8, 10, 12):
            codes = (WIDE >> (16 - bits)).astype(np.uint8 if bits == 8 else np.uint16)
            yield bytes(
                imagecodecs.avif_encode(
                    codes, speed=10, bitspersample=bits, primaries=primaries, transfer=transfer,
                    numthreads=1,
                )
            )  # fmt: skip


def _other_codecs() -> Iterator[bytes]:
    yield bytes(imagecodecs.jpegxl_encode(SMALL))
    yield bytes(imagecodecs.jpegxl_encode(WIDE, lossless=True))
    yield bytes(imagecodecs.jpeg2k_encode(WIDE))
    yield bytes(imagecodecs.jpegxr_encode(SMALL))
    yield bytes(imagecodecs.png_encode(WIDE))
    yield bytes(imagecodecs.webp_encode(SMALL))


def broken(originals: list[bytes], count: int) -> Iterator[bytes]:
    """Cut ones and ones with wrong bits, of all originals by turns."""
    chance = random.Random(4)
    for turn in range(count):
        data = originals[turn % len(originals)]
        if turn % 3 == 0:
            yield data[: chance.randrange(1, len(data))]
        elif turn % 3 == 1:
            (copy,) = fuzzed(data, 1, seed=turn)
            yield copy
        else:
            copy = bytearray(data)
            for _ in range(chance.randint(1, 40)):
                copy[chance.randrange(min(2000, len(copy)))] ^= 1 << chance.randrange(8)
            yield bytes(copy)


def written(folder: Path, files: Iterator[bytes] | list[bytes]) -> list[str]:
    names = (".jpg", ".tif", ".heic", ".png", ".dng", ".nef", ".cr2", ".webp")
    paths = []
    for number, data in enumerate(files):
        path = folder / f"{number:04d}{names[number % len(names)]}"
        path.write_bytes(data)
        paths.append(str(path))
    return paths


class Watch:
    """The most memory any decoding process held while this watched, in MiB."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.05):
            for child in psutil.Process().children(recursive=True):
                try:
                    self.peak = max(self.peak, child.memory_info().rss / 2**20)
                except psutil.Error:
                    continue


def examine_all(paths: list[str], capfd: pytest.CaptureFixture[str]) -> Counter[str]:
    """How many ended in each state; every one in one, with one line, below the memory limit."""
    states: Counter[str] = Counter()
    seen = set()
    began = time.monotonic()
    with (
        Watch() as watch,
        ImagingPool(processes=2, seconds=30, memory_mb=MEMORY_MB, max_megapixels=300) as pool,
    ):
        for path, outcome in pool.examine_all(paths):
            seen.add(path)
            if isinstance(outcome, PhotoError):
                assert outcome.state
                assert str(outcome)
                assert "\n" not in str(outcome)
                assert "Traceback" not in str(outcome)
                states[outcome.state] += 1
            else:
                assert isinstance(outcome, Examination)
                assert 0 < max(outcome.rendition.width, outcome.rendition.height) <= 1024
                states["photo"] += 1
    told = capfd.readouterr()
    assert "Traceback" not in told.out + told.err
    assert seen == set(paths)
    assert watch.peak < MEMORY_MB
    print(f"{len(paths)} files, {time.monotonic() - began:.0f} s, {watch.peak:.0f} MiB: {states}")  # noqa: T201
    return states


def test_one_of_each_and_some_broken(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    originals = list(sound())
    some = originals[::7]
    states = examine_all(written(tmp_path, some + list(broken(originals[::3], 40))), capfd)
    assert states["photo"] >= len(some) // 2


def test_a_thousand_files(
    tmp_path: Path, data_dir: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    real = [
        path.read_bytes()
        for part in ("camera", "odd")
        for path in sorted((data_dir / part).iterdir())
    ]
    originals = list(sound()) + real
    files = originals + list(broken(originals, 1000 - len(originals)))
    states = examine_all(written(tmp_path, files), capfd)
    assert sum(states.values()) == len(files) >= 1000
    assert states["photo"] > 200
