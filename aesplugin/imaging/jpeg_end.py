"""Where a JPEG's picture ends, and whether all of it is there, even if its end marker is not.

Cards, transfers and motion photos lose the two bytes, and no pixel with them. A decoder cannot tell
that from a file that was cut, so the end is looked for here and the marker put back; the decoder
then says itself whether the data sufficed. Nor does it mind an end marker between two scans: it
fills up what the later ones would have brought.
"""

import re
from collections.abc import Iterator
from typing import Final

from aesplugin.imaging.zeros import has_zeros

_END: Final = b"\xff\xd9"
STRAY: Final = 8  # bytes before an end marker that cameras write without harm
_SCAN: Final = 0xDA
_EOI: Final = _END[1]
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_SEQUENTIAL: Final = frozenset({0xC0, 0xC1})
_HUFFMAN: Final = 0xC4
_COUNTS: Final = 16  # bytes: how many codes there are of each length
_RUN: Final = 64  # zeros
_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_TABLES: Final = frozenset({0xC4, 0xCC, 0xDA, 0xDB, 0xDC, 0xDD, 0xFE, *range(0xE0, 0xF0)})
_HIGHEST: Final = 63  # the last of a block's coefficients
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
        if kind in _FRAMES:
            if picture is not None:
                return False  # another picture's
            picture = _Picture(kind, part)
        elif kind == _SCAN and picture is not None:
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
    scan = next((after for kind, _, after in _segments(data) if kind == _SCAN), None)
    # The cheapest first: whole photos seldom get beyond it.
    if scan is None or not has_zeros(data, _RUN, scan):
        return False
    marker = _MARKER.search(data, scan)
    if not has_zeros(data, _RUN, scan, marker.start() if marker else None):
        return False
    if not has_zeros(data, _RUN, scan, _ends(data, scan)[0]):
        return False
    found = list(_segments(data))
    tables = b"".join(part for kind, part, _ in found if kind == _HUFFMAN)
    is_sequential = any(kind in _SEQUENTIAL for kind, _, _ in found)
    return is_sequential and any(symbols[:1] != b"\0" for symbols in _of_coefficients(tables))


def _of_coefficients(tables: bytes) -> Iterator[bytes]:
    """The symbols of each Huffman table for all but a block's mean, that of the shortest first."""
    at = 0
    while at + _COUNTS < len(tables):
        end = at + 1 + _COUNTS
        symbols = tables[end : end + sum(tables[at + 1 : end])]
        if tables[at] >> 4:
            yield symbols
        at = end + len(symbols)


def has_many_scans(data: bytes) -> bool:
    """Whether a scan is followed by another one: tables that come between are not in the header."""
    return sum(kind == _SCAN for kind, _, _ in _segments(data)) > 1


def _last_scan(data: bytes) -> int | None:
    """Where the last scan's data begin; None where a scan is missing, or the headers are broken."""
    picture, found = None, None
    for kind, part, after in _segments(data):
        if kind == _EOI or (kind in _FRAMES and found is not None):
            break  # the end, or another picture's
        if kind in _FRAMES:
            picture = _Picture(kind, part)
        elif kind == _SCAN:
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
        if kind not in _TABLES | _FRAMES or length < 2 or body + length > len(data):
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
