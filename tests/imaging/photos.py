"""Small photos made on the spot, sound and broken."""

import io
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 40), (30, 60, 220), (250, 250, 250)
CORNERS = (RED, GREEN, BLUE, WHITE)  # top left, top right, bottom left, bottom right


def quarters(width: int = 96, height: int = 64) -> Image.Image:
    """Four coloured quarters: which way is up can be read from its corners."""
    pixels = np.empty((height, width, 3), np.uint8)
    for index, colour in enumerate(CORNERS):
        rows = slice(0, height // 2) if index < 2 else slice(height // 2, height)
        columns = slice(0, width // 2) if index % 2 == 0 else slice(width // 2, width)
        pixels[rows, columns] = colour
    return Image.fromarray(pixels)


def corners_of(pixels: np.ndarray[Any, Any]) -> list[tuple[int, int, int]]:
    """The colours in the middle of the four quarters."""
    height, width = pixels.shape[:2]
    rows, columns = (height // 4, height * 3 // 4), (width // 4, width * 3 // 4)
    return [tuple(int(v) for v in pixels[row, column]) for row in rows for column in columns]


def are_near(
    found: list[tuple[int, int, int]], wanted: tuple[tuple[int, int, int], ...], by: int
) -> bool:
    return bool(np.abs(np.array(found) - np.array(wanted)).max() <= by)


def encoded(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    """Smooth shapes with a little grain, like a photo."""
    generator = np.random.default_rng(seed)
    coarse = Image.fromarray(generator.integers(0, 256, (8, 8, 3), dtype=np.uint8))
    pixels = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)).astype(int)
    grain = generator.normal(0, 4, pixels.shape)
    return Image.fromarray((pixels + grain).clip(0, 255).astype(np.uint8))


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of_zeros(width: int, height: int, *, with_pixels: bool) -> bytes:
    """A grey PNG of any size that takes a few KB; without pixels it is only a header."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(1)
    row = bytes(width + 1)
    rows = (packer.compress(row) for _ in range(height if with_pixels else 1))
    body = b"".join(rows) + packer.flush()
    chunks = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, data) for name, data in chunks)


def tiff_directory(entries: list[tuple[int, int, int, int]], order: str = "<") -> bytes:
    """A TIFF header and one directory of (tag, type, count, value or offset) at offset 8."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    body = struct.pack(order + "IH", 8, len(entries))
    body += b"".join(struct.pack(order + "HHII", *entry) for entry in entries)
    return mark + body + struct.pack(order + "I", 0)


def absurd_tiff() -> bytes:
    """800 x 3,036,676,696 pixels by its header."""
    size = [(256, 4, 1, 800), (257, 4, 1, 3_036_676_696)]
    kind = [(258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
    strips = [(273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, 1, 800)]
    return tiff_directory(size + kind + strips)


def hanging_exif(directories: int = 1000) -> bytes:
    """An EXIF block that keeps exifread busy for minutes: GPS directories that lead to themselves.

    Each of `directories` entries makes it read the 65,535 entries the directory claims to have.
    """
    entry = struct.pack("<HHII", 0x8825, 4, 1, 8)
    return b"II*\0" + struct.pack("<IH", 8, 0xFFFF) + entry * directories


def fuzzed(data: bytes, count: int, seed: int) -> list[bytes]:
    """Copies with a few bytes changed, cut off or doubled."""
    chance = random.Random(seed)
    copies = []
    for _ in range(count):
        copy = bytearray(data)
        for _ in range(chance.randint(1, 12)):
            copy[chance.randrange(len(copy))] = chance.randrange(256)
        if chance.random() < 0.3:
            del copy[chance.randrange(len(copy)) :]
        copies.append(bytes(copy))
    return copies


def write(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)
