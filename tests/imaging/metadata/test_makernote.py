import struct

import pytest

from aesplugin.imaging.metadata.makernote import BurstMark, read_burst_mark
from tests.imaging.photos import fuzzed

NOTE_AT = 44  # where the maker note stands in the blocks below


def directory(order: str, entries: list[tuple[int, int, int, bytes]]) -> bytes:
    """(tag, type, count, 4 value bytes)."""
    body = struct.pack(order + "H", len(entries))
    return body + b"".join(struct.pack(order + "HHI", *e[:3]) + e[3] for e in entries)


def tiff(note: bytes, order: str = "<") -> bytes:
    """A block whose EXIF directory holds nothing but this maker note."""
    pack = struct.pack
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + pack(order + "I", 8)
    image = directory(order, [(0x8769, 4, 1, pack(order + "I", 26))]) + bytes(4)
    exif = directory(order, [(0x927C, 7, len(note), pack(order + "I", NOTE_AT))]) + bytes(4)
    block = head + image + exif
    assert len(block) == NOTE_AT
    return block + note


def apple() -> bytes:
    head = b"Apple iOS\0\0\1MM"
    body = directory(">", [(0x000B, 2, 9, struct.pack(">I", 14 + 2 + 12))])
    return head + body + b"ABCD-123\0"


def nikon(group: int) -> bytes:
    inner = b"MM\0*" + struct.pack(">I", 8)
    inner += directory(">", [(0x0056, 7, 8, struct.pack(">I", 8 + 2 + 12))])
    return b"Nikon\0\x02\x11\0\0" + inner + b"0100" + struct.pack(">HH", group, 0)


def canon(number: int, order: str = "<") -> bytes:
    values = NOTE_AT + 2 + 12
    body = directory(order, [(0x0004, 3, 12, struct.pack(order + "I", values))])
    return body + struct.pack(order + "12H", *(0,) * 9, number, 0, 0)


def sony(number: int) -> bytes:
    return b"SONY DSC \0\0\0" + directory("<", [(0xB04A, 3, 1, struct.pack("<HH", number, 0))])


def panasonic(number: int) -> bytes:
    return b"Panasonic\0\0\0" + directory("<", [(0x002B, 4, 1, struct.pack("<I", number))])


def fujifilm(number: int) -> bytes:
    body = directory("<", [(0x1101, 3, 1, struct.pack("<HH", number, 0))])
    return b"FUJIFILM" + struct.pack("<I", 12) + body


def olympus(mode: int, number: int) -> bytes:
    body = directory("<", [(0x0200, 4, 3, struct.pack("<I", 12 + 2 + 12))])
    return b"OLYMPUS\0II\x03\0" + body + struct.pack("<III", mode, number, 0)


@pytest.mark.parametrize(
    ("make", "note", "wanted"),
    [
        ("Apple", apple(), BurstMark(burst_id="ABCD-123")),
        ("NIKON CORPORATION", nikon(7), BurstMark(burst_id="nikon-7")),
        ("NIKON CORPORATION", nikon(0), BurstMark()),
        ("Canon", canon(3), BurstMark(sequence_number=3)),
        ("Canon", canon(0), BurstMark()),
        ("SONY", sony(5), BurstMark(sequence_number=5)),
        ("SONY", sony(65535), BurstMark()),
        ("Panasonic", panasonic(4), BurstMark(sequence_number=4)),
        ("FUJIFILM", fujifilm(6), BurstMark(sequence_number=6)),
        ("OLYMPUS CORPORATION", olympus(2, 8), BurstMark(sequence_number=8)),
        ("OLYMPUS CORPORATION", olympus(0, 208), BurstMark()),
        ("Leica", canon(3), BurstMark()),
    ],
)
def test_makers(make: str, note: bytes, wanted: BurstMark) -> None:
    assert read_burst_mark(tiff(note), make) == wanted


def test_a_note_keeps_its_byte_order_when_an_editor_swaps_the_rest() -> None:
    assert read_burst_mark(tiff(canon(3, "<"), ">"), "Canon") == BurstMark(sequence_number=3)


@pytest.mark.parametrize("data", [b"", b"II*\0", b"XX*\0" + bytes(40), tiff(b"short")])
def test_what_cannot_be_read_says_nothing(data: bytes) -> None:
    assert read_burst_mark(data, "Canon") == BurstMark()
    assert read_burst_mark(data, None) == BurstMark()


def test_fuzzed_notes_never_raise() -> None:
    notes = {"Apple": apple(), "NIKON": nikon(7), "Canon": canon(3), "OLYMPUS": olympus(2, 8)}
    for make, note in notes.items():
        for data in fuzzed(tiff(note), 300, seed=5):
            assert isinstance(read_burst_mark(data, make), BurstMark)
