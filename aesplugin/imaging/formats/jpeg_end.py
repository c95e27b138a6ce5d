"""Where a JPEG's picture ends, and whether all of it is there, even if its end marker is not.

Cards, transfers and motion photos lose the two bytes, and no pixel with them. A decoder cannot tell
that from a file that was cut, so the end is looked for here and the marker put back; the decoder
then says itself whether the data sufficed. Nor does it mind an end marker between two scans: it
fills up what the later ones would have brought.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from aesplugin.imaging.formats.zeros import has_zeros

_END: Final = b"\xff\xd9"
STRAY: Final = 8  # bytes before an end marker that cameras write without harm
SCAN: Final = 0xDA
RESTARTS: Final = 0xDD  # the segment that says how often
_EOI: Final = _END[1]
FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
SEQUENTIAL: Final = frozenset({0xC0, 0xC1})
_USUAL: Final = SEQUENTIAL | {0xC2}
HUFFMAN: Final = 0xC4
_COUNTS: Final = 16  # bytes: how many codes there are of each length
_RUN: Final = 64  # zeros
_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_TABLES: Final = frozenset({0xC4, 0xCC, 0xDA, 0xDB, 0xDC, 0xDD, 0xFE, *range(0xE0, 0xF0)})
_HIGHEST: Final = 63  # the last of a block's coefficients
_DECODED: Final = FRAMES | {HUFFMAN, 0xCC, SCAN, 0xDB, RESTARTS}  # what pixels depend on
_ALL_COEFFICIENTS: Final = b"\0\x3f\0"
# A marker within entropy-coded data: FF not followed by a stuffed zero, a restart or more fill.
_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
# What phones and programs write behind a picture: Samsung's blocks, ISO boxes (a video), and the
# marks of Canon's and vivo's programs.
_TRAILER: Final = re.compile(
    rb"\0\0..[\x01-\x40]\0\0\0[A-Z]\w{4,}"
    rb"|\0.{3}(?:ftyp|mpvd|moov|mdat|free|skip|wide|uuid)"
    rb"|CANON OPTIONAL DATA\0"
    rb"|vivo\{",
    re.DOTALL,
)


class Segment(NamedTuple):
    """What a marker begins, and the entropy-coded data that follow a scan's header."""

    kind: int
    content: bytes
    coded: bytes = b""


def is_usual(data: bytes) -> bool:
    """Whether it is a baseline or progressive JPEG of 8 bits: what every decoder reads."""
    frame = next(((kind, part) for kind, part, _ in _segments(data) if kind in FRAMES), None)
    return frame is not None and frame[0] in _USUAL and frame[1][:1] == b"\x08"


def needed(data: bytes) -> list[Segment]:
    """The segments that pixels depend on, without what stands between them.

    A sequential scan has all coefficients, even where its header says otherwise: some cameras' do.
    """
    found = []
    is_sequential = False
    for kind, content, after in _segments(data):
        is_sequential = kind in SEQUENTIAL or (is_sequential and kind not in FRAMES)
        if kind == SCAN:
            if is_sequential:
                content = content[:-3] + _ALL_COEFFICIENTS
            marker = _MARKER.search(data, after)
            found.append(Segment(kind, content, data[after : marker.start() if marker else None]))
        elif kind in _DECODED:
            found.append(Segment(kind, content))
    return found


def with_end(data: bytes) -> list[bytes]:
    """Ways to close the picture in `data`, the likeliest first; none where it lacks whole scans.

    Each must be decoded without a warning to be believed: what is left over, or missing, then
    shows. Zeros behind the picture are taken for the filling of a card, not for pixels.
    """
    scan = _last_scan(data)
    if scan is None:
        return []
    picture = data[: _ends(data, scan)[0]]
    if not picture.endswith(b"\xff"):
        return [picture + _END]
    # Half the marker, or a last byte of ones with the zero that belongs to it.
    return [picture.rstrip(b"\xff") + _END, picture + b"\0" + _END]


def ends_well(data: bytes) -> bool:
    """Whether the end marker follows the picture, but for a few stray bytes."""
    scan = _last_scan(data)
    if scan is None:
        return False
    picture, end = _ends(data, scan)
    return data.startswith(_END, end) and end - picture <= STRAY


def _ends(data: bytes, scan: int) -> tuple[int, int]:
    """Where the picture ends by all that is known, and where the next marker stands."""
    marker = _MARKER.search(data, scan)
    end = marker.start() if marker else len(data)
    trailer = _TRAILER.search(data, scan, end)
    return len(data[: trailer.start() if trailer else end].rstrip(b"\0")), end


def lacks_scans(data: bytes) -> bool:
    """Whether the end marker stands where scans with a part of the picture are still to come."""
    picture = None
    for kind, part, _ in _segments(data):
        if kind in FRAMES:
            if picture is not None:
                return False  # another picture's
            picture = _Picture(kind, part)
        elif kind == SCAN and picture is not None:
            picture.add_scan(part)
            if picture.is_whole:
                return False
        elif kind == _EOI:
            return picture is not None and picture.has_scan
    return False


def has_hole(data: bytes) -> bool:
    """Whether zeros stand in the picture that cannot be of it, though a decoder may read them.

    Of a sequential JPEG whose tables give the code of zeros to coefficients that are not zero: that
    many blocks in which all of them are alike do not happen. Where the code is that of a block's
    end, zeros are what an area of one colour is made of.
    """
    scan = next((after for kind, _, after in _segments(data) if kind == SCAN), None)
    # The cheapest first: whole photos seldom get beyond it.
    if scan is None or not has_zeros(data, _RUN, scan):
        return False
    tables: dict[int, bytes] = {}  # as they are when a scan begins: each may be defined anew
    for kind, part, after in _segments(data):
        if kind == HUFFMAN:
            tables.update(_of_coefficients(part))
        elif kind in FRAMES and kind not in SEQUENTIAL:
            return False
        elif kind == SCAN:
            shortest = {tables.get(name, b"")[:1] for name in _used(part)} - {b""}
            if shortest - {b"\0"} and has_zeros(data, _RUN, after, _ends(data, after)[0]):
                return True
    return False


def _used(scan: bytes) -> set[int]:
    """The Huffman tables of a scan for all but a block's mean."""
    count = scan[0] if scan else 0
    return {selectors & 0xF for selectors in scan[2 : 2 + 2 * count : 2]}


def _of_coefficients(tables: bytes) -> Iterator[tuple[int, bytes]]:
    """Each Huffman table for all but a block's mean: name and symbols, the shortest code first."""
    at = 0
    while at + _COUNTS < len(tables):
        end = at + 1 + _COUNTS
        symbols = tables[end : end + sum(tables[at + 1 : end])]
        if tables[at] >> 4:
            yield tables[at] & 0xF, symbols
        at = end + len(symbols)


def _last_scan(data: bytes) -> int | None:
    """Where the last scan's data begin; None where a scan is missing, or the headers are broken."""
    picture, found = None, None
    for kind, part, after in _segments(data):
        if kind == _EOI or (kind in FRAMES and found is not None):
            break  # the end, or another picture's
        if kind in FRAMES:
            picture = _Picture(kind, part)
        elif kind == SCAN:
            found = after
            if picture is not None:
                picture.add_scan(part)
    return found if picture is None or picture.is_whole else None


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Each segment's kind and content, and where it ends; up to the end marker, if one comes.

    They end earlier where a trailer happens to hold bytes that look like a marker.
    """
    at = 2
    while (marker := _MARKER.search(data, at)) is not None:
        kind, body = data[marker.end() - 1], marker.end()
        if kind == _EOI:
            yield kind, b"", body
            return
        length = int.from_bytes(data[body : body + 2], "big")
        if kind not in _TABLES | FRAMES or length < 2 or body + length > len(data):
            return
        at = body + length
        yield kind, data[body + 2 : at], at


class _Picture:
    """Which coefficients of which components the scans have not yet brought to their last bit."""

    def __init__(self, kind: int, frame: bytes) -> None:
        self.has_scan = False
        self._is_progressive = kind in _PROGRESSIVE
        highest = _HIGHEST if self._is_progressive else 0
        self._missing = {(component, k) for component in frame[6::3] for k in range(highest + 1)}

    @property
    def is_whole(self) -> bool:
        return not self._missing

    def add_scan(self, header: bytes) -> None:
        self.has_scan = True
        count = header[0] if header else 0
        components = header[1 : 1 + 2 * count : 2]
        first, last, bits = (header[1 + 2 * count : 4 + 2 * count] + bytes(3))[:3]
        if not self._is_progressive:
            first = last = bits = 0
        if bits & 0xF == 0:  # the lowest bit of these coefficients
            self._missing -= {(c, k) for c in components for k in range(first, last + 1)}
