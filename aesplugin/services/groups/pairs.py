"""Groups all files of one exposure: RAW, HEIF, JPEG, extra camera files, edited versions.

Rule: they are of one body, their clocks agree, they show the same picture. How much of that has
to be known depends on the names:

- in one folder, of one name but for what cameras and programs add to it (see `names`): whatever
  is known must not contradict;
- in other folders (`JPG/` and `RAW/`): the clocks must agree and the pictures not differ; without
  a clock the folders must lie together and the pictures be the same;
- of other names (a JPEG made in the camera of an older RAW): clock to the hundredth of a second,
  body, exposure and picture must agree, and no other RAW of the body be near; where the clock tells
  no hundredths, the camera's count must part the two further than a burst could, or a program have
  numbered one after the other (`IMG_0007-2`).

What was made of a photo later (`-edit`, `~2`, ` copy`) keeps its second and its settings. `~2` and
` copy` without a clock tell nothing: phones call the next frame `~2`, too.

HEIF and JPEG without a RAW are of one exposure where they have one name and setting, and show the
same picture: cameras write both, phones a JPEG that is "most compatible". Two files of one format,
or a PNG, are copies.

Sub-seconds, where both have them, must be the same: two frames of a burst are never a pair.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from aesplugin.extensions import RAW_EXTENSIONS
from aesplugin.photo import Exif
from aesplugin.services.groups.frame import Frame
from aesplugin.services.groups.links import components
from aesplugin.services.groups.looks import Likeness, Looks
from aesplugin.services.groups.names import Name, is_raw_name, read_name

_RAW_FORMATS = frozenset({extension.lstrip(".").upper() for extension in RAW_EXTENSIONS} | {"RAW"})
_DEVELOPED = ({"HEIF"}, {"JPEG", "MPO"})  # that a camera writes beside each other
_TOGETHER = timedelta(seconds=2)  # in one folder: some phones write the time of saving
_ELSEWHERE = timedelta(seconds=1)
_SAME_INSTANT = timedelta(milliseconds=20)  # 10 ms are rounded away; a burst's frames are 33 apart
_EXACT = timedelta(milliseconds=10)
_ALONE = timedelta(milliseconds=50)  # no other RAW of the body so near
_SAME_BITS, _ALIKE_BITS = 12, 22  # of 64: a RAW's own rendering differs from its JPEG by up to 10
_MOST_NAMESAKES = 60  # without a clock in folders side by side: a name so common proves nothing

_Link = tuple[int, int]  # positions


@dataclass(frozen=True, slots=True)
class _File:
    """A frame with cached properties."""

    frame: Frame
    names: tuple[Name, ...]  # of all its paths
    time: datetime | None
    is_raw: bool

    @property
    def is_version(self) -> bool:
        return all(name.is_version for name in self.names)

    @property
    def is_copy(self) -> bool:
        return all(name.is_copy for name in self.names)

    @property
    def is_unsure(self) -> bool:
        return all(name.is_unsure for name in self.names)


def pair_up(frames: Sequence[Frame], looks: Looks) -> dict[str, tuple[str, ...]]:
    """Content hash of each photo → the other files of its exposure, which are not keys.

    The camera's developed file (JPEG, HEIF) represents all, or else the RAW; an edited version only
    where it is alone. `looks` are those of `frames`, by position. Order of `frames` is kept.
    """
    files = [_file(frame) for frame in frames]
    named = _named_links(files, looks)
    exposures = [
        sorted(members, key=lambda index: _rank(files[index]))
        for members in components(len(files), [*named, *_clocked_links(files, looks, named)])
    ]
    return {
        frames[head].key: tuple(frames[index].key for index in sorted(others))
        for head, *others in sorted(exposures)
    }


def is_raw(frame: Frame) -> bool:
    """True where the file is a camera's RAW, by its decoded format or its extension."""
    return frame.photo.format.upper() in _RAW_FORMATS or is_raw_name(frame.path)


def _file(frame: Frame) -> _File:
    names = tuple(read_name(path) for path in (frame.path, *frame.copies))
    return _File(frame, names, frame.time, is_raw(frame))


def _rank(file: _File) -> tuple[bool, bool, bool]:
    """The file that represents the exposure comes first."""
    return file.is_version, file.is_raw, file.is_copy


def _named_links(files: Sequence[_File], looks: Looks) -> list[_Link]:
    found = [link for link in _beside(files) if _is_one_here(files, looks, link)]
    found += [link for link in _same_second(files) if _is_one(files, looks, link)]
    found += [link for link in _near_by(files) if _is_same(files, looks, link)]
    return found


def _beside(files: Sequence[_File]) -> Iterator[_Link]:
    """Files of one base in one folder."""
    return _sharing(((name.folder, name.base) for name in file.names) for file in files)


def _same_second(files: Sequence[_File]) -> Iterator[_Link]:
    """Files of one base, wherever they lie, that were taken within a second or two."""

    def keys(file: _File) -> Iterator[tuple[str, int]]:
        if file.time is not None:
            second = int((file.time - datetime.min).total_seconds())
            yield from ((name.base, second + late) for name in file.names for late in (0, 1))

    return _sharing(map(keys, files))


def _near_by(files: Sequence[_File]) -> Iterator[_Link]:
    """Two kinds of file with one base in nearby folders, one without a capture time."""

    def keys(file: _File) -> Iterator[tuple[str, str]]:
        return ((parent, name.base) for name in file.names for parent in name.parents)

    if all(file.time for file in files):
        return
    for one, other in _sharing(map(keys, files), most=_MOST_NAMESAKES):
        mine, yours = files[one], files[other]
        is_timed = mine.time is not None and yours.time is not None
        if mine.is_unsure or yours.is_unsure:
            continue
        if not is_timed and (mine.is_raw != yours.is_raw or _are_heif_and_jpeg(mine, yours)):
            yield one, other


def _sharing(keys: Iterable[Iterable[object]], *, most: int | None = None) -> Iterator[_Link]:
    """Positions that share a key; keys shared by more than `most` are left out."""
    holders: dict[object, list[int]] = {}
    for index, of_one in enumerate(keys):
        for key in set(of_one):
            holders.setdefault(key, []).append(index)
    for found in holders.values():
        if most is None or len(found) <= most:
            yield from combinations(found, 2)


def _is_one_here(files: Sequence[_File], looks: Looks, link: _Link) -> bool:
    """Of one folder and base: no known data contradicts it."""
    one, other = (files[index] for index in link)
    agree = _clocks_agree(one, other, _most_apart(one, other, _TOGETHER))
    if agree is False or _bodies_differ(one, other) or _are_other_exposures(one, other):
        return False
    if agree is None and (one.is_unsure or other.is_unsure):
        return False
    if _are_heif_and_jpeg(one, other):
        return _is_other_format(files, looks, link)
    same_stem = bool({name.stem for name in one.names} & {name.stem for name in other.names})
    if (same_stem or one.is_copy or other.is_copy) and not (one.is_raw or other.is_raw):
        return False  # two developed files: whichever was made of the other
    return bool(same_stem and agree) or _may_be_same(looks, link)


def _is_one(files: Sequence[_File], looks: Looks, link: _Link) -> bool:
    """Of one base and moment in other folders: RAW and developed file, or original and version."""
    one, other = (files[index] for index in link)
    if _clocks_agree(one, other, _most_apart(one, other, _ELSEWHERE)) is not True:
        return False
    if _bodies_differ(one, other) or _are_other_exposures(one, other):
        return False
    if _are_heif_and_jpeg(one, other):
        return _is_other_format(files, looks, link)
    is_kin = one.is_raw != other.is_raw or one.is_version != other.is_version
    return is_kin and _may_be_same(looks, link)


def _is_made_later(one: _File, other: _File) -> bool:
    """Whether one of them is named as a later version of the exposure: it keeps the EXIF."""
    return any(file.is_version or file.is_copy for file in (one, other))


def _most_apart(one: _File, other: _File, most: timedelta) -> timedelta:
    return timedelta(0) if _is_made_later(one, other) else most


def _are_other_exposures(one: _File, other: _File) -> bool:
    """Whether the settings differ; a camera may write them differently in RAW and JPEG."""
    has_raw = one.is_raw or other.is_raw
    is_same = _same_settings(one.frame.exif, other.frame.exif)
    return not is_same and (not has_raw or _is_made_later(one, other))


def _are_heif_and_jpeg(one: _File, other: _File) -> bool:
    formats = {one.frame.photo.format, other.frame.photo.format}
    is_edited = one.is_version or other.is_version
    return not is_edited and all(formats & of_one for of_one in _DEVELOPED)


def _is_other_format(files: Sequence[_File], looks: Looks, link: _Link) -> bool:
    """Whether HEIF and JPEG of one name are of one exposure; without a time they must match."""
    one, other = (files[index] for index in link)
    if not _same_settings(one.frame.exif, other.frame.exif):
        return False
    is_timed = one.time is not None and other.time is not None
    return looks.differing(*link) <= (_ALIKE_BITS if is_timed else _SAME_BITS)


def _is_same(files: Sequence[_File], looks: Looks, link: _Link) -> bool:
    """Without a capture time: the pictures are compared."""
    one, other = (files[index] for index in link)
    return not _bodies_differ(one, other) and looks.differing(*link) <= _SAME_BITS


def _clocked_links(files: Sequence[_File], looks: Looks, named: Sequence[_Link]) -> Iterator[_Link]:
    """Developed files without a file of the same name, each with the only RAW of that instant."""
    linked = {index for link in named for index in link}
    raws = sorted(
        (file.time, index) for index, file in enumerate(files) if file.is_raw and file.time
    )
    times = [time for time, _ in raws]
    for index, file in enumerate(files):
        if index in linked or file.time is None or file.is_raw:
            continue
        around = _ALONE if _is_fine(file.time) else _TOGETHER
        first = bisect_left(times, file.time - around)
        last = bisect_right(times, file.time + around)
        near = [raw for _, raw in raws[first:last] if _same_body(file, files[raw])]
        if len(near) == 1 and _is_instant(files, looks, (index, near[0])):
            yield index, near[0]


def _is_instant(files: Sequence[_File], looks: Looks, link: _Link) -> bool:
    """Whether a developed file and a RAW of other names are of one exposure."""
    developed, raw = (files[index] for index in link)
    assert developed.time is not None and raw.time is not None
    if not _same_settings(developed.frame.exif, raw.frame.exif):
        return False
    if _is_fine(developed.time) and _is_fine(raw.time):
        return abs(developed.time - raw.time) <= _EXACT and _is_like(looks, link)
    return (
        _clocks_agree(developed, raw, timedelta(0)) is True
        and looks.differing(*link) <= _SAME_BITS
        and all(_is_no_other_frame(one, two) for one in developed.names for two in raw.names)
    )


def _is_no_other_frame(one: Name, other: Name) -> bool:
    """Whether the names show that two files of one second are not two frames of a burst."""
    return one.is_far_from(other) or one.is_numbered_after(other) or other.is_numbered_after(one)


def _is_fine(time: datetime) -> bool:
    """Whether the time has hundredths: tenths alone do not separate the frames of a burst."""
    return time.microsecond % 100_000 != 0


def _may_be_same(looks: Looks, link: _Link) -> bool:
    """Not clearly another picture: RAW converters and editors change a lot."""
    return looks.differing(*link) <= _ALIKE_BITS or looks.alike(*link, Likeness.PLACE)


def _is_like(looks: Looks, link: _Link) -> bool:
    return looks.differing(*link) <= _ALIKE_BITS or looks.alike(*link, Likeness.VIEW)


def _clocks_agree(one: _File, other: _File, most: timedelta) -> bool | None:
    """Whether both were taken at one moment; None where a time is missing."""
    if one.time is None or other.time is None:
        return None
    if one.time.microsecond and other.time.microsecond:
        return abs(one.time - other.time) <= _SAME_INSTANT
    return abs(one.time.replace(microsecond=0) - other.time.replace(microsecond=0)) <= most


def _bodies_differ(one: _File, other: _File) -> bool:
    """Whether both name a body, and different ones; programs write makers' names differently."""
    mine, yours = one.frame.exif, other.frame.exif
    return any(
        a and b and a != b and not (_plain(a).endswith(_plain(b)) or _plain(b).endswith(_plain(a)))
        for a, b in ((mine.serial, yours.serial), (mine.model, yours.model))
    )


def _plain(value: str) -> str:
    return " ".join(value.lower().split()).lstrip("0")


def _same_body(one: _File, other: _File) -> bool:
    named = one.frame.exif.model and other.frame.exif.model
    return bool(named) and not _bodies_differ(one, other)


def _same_settings(one: Exif, other: Exif) -> bool:
    pairs = (
        (one.exposure_time, other.exposure_time),
        (one.f_number, other.f_number),
        (one.iso, other.iso),
    )
    return all(a is None or b is None or abs(a - b) <= 0.05 * max(a, b) for a, b in pairs)
