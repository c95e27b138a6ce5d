"""A JPEG of a kind that few decoders know, as pictures that they do know.

They are other pictures, but of the same coded data and as whole. Scans of one component are those
of a grey picture. Of several together it only counts how many blocks of which tables follow each
other: four inks, or samplings such as 4 x 1, are coded like some three components.
"""

import struct
from collections.abc import Callable
from itertools import combinations, pairwise
from typing import Final, NamedTuple

from aesplugin.imaging.formats.jpeg_end import (
    FRAMES,
    HUFFMAN,
    RESTARTS,
    SCAN,
    SEQUENTIAL,
    Segment,
)

_PROGRESSIVE: Final = 0xC2
_BITS: Final = 8
_BLOCK: Final = 8  # px
_FACTORS: Final = {1: (1, 1), 2: (2, 1), 4: (2, 2)}  # of a component of so many blocks a unit
_LONGEST_SIDE: Final = 0xFFFF
# A quantisation table: what a coefficient means does not matter, and no table may be left unused.
_PLAIN: Final = Segment(0xDB, bytes(1) + b"\x01" * 64)
_ONE_CODE: Final = bytes((0, 1)) + bytes(16)  # a Huffman table: the bit 0 is the symbol 0


class _Component(NamedTuple):
    name: int
    across: int
    down: int

    @property
    def blocks(self) -> int:
        """So many a unit."""
        return self.across * self.down


class _Frame(NamedTuple):
    kind: int
    height: int
    width: int
    components: dict[int, _Component]

    @property
    def most_across(self) -> int:
        return max(component.across for component in self.components.values())

    @property
    def most_down(self) -> int:
        return max(component.down for component in self.components.values())


def known_parts(segments: list[Segment]) -> list[list[Segment]] | None:
    """Pictures of one or three components that have all scans; None where there are none."""
    try:
        frame = _frame(segments)
        return None if frame is None else _parts(segments, frame)
    except (LookupError, ValueError, struct.error):
        return None  # broken headers


def _parts(segments: list[Segment], frame: _Frame) -> list[list[Segment]] | None:
    scans: dict[bytes, list[bytes]] = {}
    for segment in segments:
        if segment.kind == SCAN:
            scans.setdefault(_names(segment.content), []).append(segment.content)
    found = []
    for names, headers in scans.items():
        make = _alone if len(names) == 1 else _together
        part = make(segments, frame, names, headers)
        if part is None:
            return None
        found.append(part)
    return found


def _frame(segments: list[Segment]) -> _Frame | None:
    kind, content = next(
        ((part.kind, part.content) for part in segments if part.kind in FRAMES), (0, b"")
    )
    if kind not in SEQUENTIAL | {_PROGRESSIVE} or content[0] != _BITS:
        return None
    height, width, count = struct.unpack_from(">HHB", content, 1)
    components = {}
    for at in range(6, 6 + 3 * count, 3):
        name, both, _ = content[at : at + 3]
        components[name] = _Component(name, both >> 4, both & 0xF)
    found = _Frame(kind, height, width, components)
    sizes = [(part.across, part.down) for part in components.values()]
    return found if height and width and sizes and all(a and b for a, b in sizes) else None


def _names(header: bytes) -> bytes:
    """The components of a scan."""
    return header[1 : 1 + 2 * header[0] : 2]


def _selectors(header: bytes) -> bytes:
    """Their tables, two in a byte."""
    return header[2 : 2 + 2 * header[0] : 2]


def _alone(
    segments: list[Segment], frame: _Frame, names: bytes, headers: list[bytes]
) -> list[Segment]:
    """A grey picture of one component."""
    own = frame.components[names[0]]
    height = -(-frame.height * own.down // frame.most_down)
    width = -(-frame.width * own.across // frame.most_across)
    head = struct.pack(">BHHBBBB", _BITS, height, width, 1, own.name, 0x11, 0)
    part = _rewritten(segments, names, head, lambda header: header)
    if headers[0][-3]:  # the means of its blocks are in a scan of several
        first = next(at for at, segment in enumerate(part) if segment.kind == SCAN)
        blocks = -(-height // _BLOCK) * -(-width // _BLOCK)
        part[first:first] = _flat(own.name, blocks, restart_interval(part[:first]))
    return part


def _flat(name: int, blocks: int, every: int) -> list[Segment]:
    """The scan for the means of so many blocks, all of them zero."""
    coded = []
    for number, start in enumerate(range(0, blocks, every or blocks)):
        whole, rest = divmod(min(every or blocks, blocks - start), _BITS)
        coded += [
            bytes(whole),
            bytes((0xFF >> rest,)) if rest else b"",
            b"\xff",
            bytes((0xD0 + number % 8,)),
        ]
    header = bytes((1, name, 0, 0, 0, 0))
    return [Segment(HUFFMAN, _ONE_CODE), Segment(SCAN, header, b"".join(coded[:-2]))]


def _together(
    segments: list[Segment], frame: _Frame, names: bytes, headers: list[bytes]
) -> list[Segment] | None:
    """A picture of three components with as many blocks of the same tables."""
    is_progressive = frame.kind == _PROGRESSIVE
    tables = [_selectors(header) for header in headers]
    if is_progressive:
        # Of the means only, and where those are refined without any table.
        tables = [
            bytes(0 if header[-1] >> 4 else both & 0xF0 for both in selectors)
            for header, selectors in zip(headers, tables, strict=True)
        ]
    used = [tuple(selectors[at] for selectors in tables) for at in range(len(names))]
    groups = _three_groups([frame.components[name].blocks for name in names], used)
    if groups is None:
        return None
    factors = [_FACTORS[group.blocks] for group in groups]
    down = -(-frame.height // (_BLOCK * frame.most_down)) * _BLOCK * max(f[1] for f in factors)
    across = -(-frame.width // (_BLOCK * frame.most_across)) * _BLOCK * max(f[0] for f in factors)
    if max(down, across) > _LONGEST_SIDE:
        return None
    head = struct.pack(">BHHB", _BITS, down, across, 3) + b"".join(
        bytes((number, wide << 4 | tall, 0)) for number, (wide, tall) in enumerate(factors, 1)
    )

    def renamed(header: bytes) -> bytes:
        selectors = _selectors(header)
        pairs = [bytes((number, selectors[group.first])) for number, group in enumerate(groups, 1)]
        return b"".join((b"\x03", *pairs, header[-3:]))

    return _rewritten(segments, names, head, renamed)


class _Group(NamedTuple):
    """Components that follow each other: the first, and how many blocks a unit they all have."""

    first: int
    blocks: int


def _three_groups(blocks: list[int], used: list[tuple[int, ...]]) -> list[_Group] | None:
    """Of the same tables each, and of so many blocks as one component can have.

    No component is divided: a block's mean is told by its difference to that before, and such sums
    would soon be larger than any mean.
    """
    count = len(blocks)
    for cuts in combinations(range(1, count), 2):
        bounds = list(pairwise((0, *cuts, count)))
        groups = [_Group(start, sum(blocks[start:end])) for start, end in bounds]
        are_alike = all(len(set(used[start:end])) == 1 for start, end in bounds)
        if are_alike and all(group.blocks in _FACTORS for group in groups):
            return groups
    return None


def restart_interval(segments: list[Segment]) -> int:
    """How many units stand between two restart markers; 0 where there are none."""
    found = [segment.content for segment in segments if segment.kind == RESTARTS]
    return int.from_bytes(found[-1]) if found else 0


def _rewritten(
    segments: list[Segment], names: bytes, head: bytes, scan: Callable[[bytes], bytes]
) -> list[Segment]:
    """With another frame's header, and of the scans only those of these components.

    How often restart markers stand is only told where it changes.
    """
    found: list[Segment] = []
    every, told = Segment(RESTARTS, bytes(2)), None
    for segment in segments:
        if segment.kind in FRAMES:
            found += [_PLAIN, segment._replace(content=head)]
        elif segment.kind == RESTARTS:
            every = segment
        elif segment.kind == HUFFMAN:
            found.append(segment)
        elif segment.kind == SCAN and _names(segment.content) == names:
            if every != told:
                found.append(every)
                told = every
            found.append(segment._replace(content=scan(segment.content)))
    return found
