"""File names: which exposure a file shows, and whether it is an edited version.

Cameras and programs add words to the name they began with: `.RAW-01.COVER`, `__highres`, `.dng`
before `.jpg`, `-edit`. What is left without them, the base, is the same for all files of one
exposure. A number is never taken away: it tells the frames of a burst apart.
"""

import os
import re
from dataclasses import dataclass, replace
from unicodedata import normalize

from aesplugin.extensions import PHOTO_EXTENSIONS, RAW_EXTENSIONS

_GAP = r"[\s._~()+-]*"
# Words for one of the files that a camera makes of an exposure. Pixels count these files
# (`.NIGHT-01.COVER`); the frames of a burst are counted in the same way, but with another suffix.
_FILE_WORDS = re.compile(
    _GAP
    + r"(?<![a-z])(?:(?:raw|night|portrait|mp|macro|long_exposure|action_pan)(?:-?0\d)?"
    + r"|jpe?g|dng|heic|cover|original|orig|high-?res|low-?res|preview)"
    + _GAP
    + "$"
)
# Words for what was made of it later, in the languages phones say them in.
_EDIT_WORDS = re.compile(
    _GAP
    + r"(?:(?<![a-z])(?:edit(?:ed|ada|ado|é)?|modifi(?:é|ée|ed|e|cato|cado)|bearbeitet|bewerkt"
    + r"|edytowane|redigerad|redigeret|编辑|編集済み|редактировано"
    + r"|retouch(?:ed)?|enhanced(?:-nr|-sr)?|crop(?:ped)?|snapseed)(?:[\s._-]?\d{1,2})?"
    + r"|(?P<number>~\d{1,2}))"
    + _GAP
    + "$"
)
# Words that file managers add to a copy. Numbers alone are left: cameras count frames by them.
_COPY_WORDS = re.compile(
    _GAP
    + r"(?<![a-z])(?:copy|copie|copia|cópia|kopie|kopia|kopio|コピー|副本)(?:[\s(]*\d{1,2}\)?)?$"
)
_COUNTED = re.compile(r"(\D+)(\d{4,8})")  # as cameras count: DSC_0001, P1010001, not a time
_NUMBER = re.compile(r"[\s._-]*\(\d{1,2}\)|[\s._-]+\d{1,2}")  # as programs number what they save
_MOST_AT_ONCE = 120  # frames in the second that clocks without sub-seconds tell
_APPLE_EDIT = re.compile(r"(img_)e(\d{4})")  # IMG_E0123.JPG is IMG_0123.HEIC as edited


@dataclass(frozen=True, slots=True)
class Name:
    """A path, split into parts; in lower case, since cameras and computers differ."""

    folder: str
    stem: str  # without extensions and outer spaces
    base: str  # the stem without suffixes that cameras and programs add
    is_version: bool = False  # says that it was edited
    is_copy: bool = False  # says that it was copied
    is_unsure: bool = False  # says so as some phones call the next frame (`~2`), or any copy

    def is_far_from(self, other: "Name") -> bool:
        """Whether the camera counted these further apart than the frames of a burst can be.

        Of one number and other letters are a photo and what the camera made of it (`CSC_0007`).
        """
        one, two = _COUNTED.fullmatch(self.base), _COUNTED.fullmatch(other.base)
        if one is None or two is None or len(one[2]) != len(two[2]):
            return False
        apart = abs(int(one[2]) - int(two[2]))
        round_trip = 10 ** len(one[2]) - apart  # 9999 is followed by 0001
        return min(apart, round_trip) > _MOST_AT_ONCE or (apart == 0 and one[1] != two[1])

    def is_numbered_after(self, other: "Name") -> bool:
        """Whether a program saved it beside one the camera counted: `IMG_0007-2`, `IMG_0007 (1)`.

        Phones number the frames of a second like that, but do not count: `20260101_101010(1)`.
        """
        rest = self.base.removeprefix(other.base)
        return bool(_COUNTED.fullmatch(other.base) and _NUMBER.fullmatch(rest))

    @property
    def parents(self) -> tuple[str, str]:
        """The folder and its parent: `JPG/` and `RAW/` are siblings, or one inside the other."""
        return self.folder, os.path.dirname(self.folder)


def read_name(path: str) -> Name:
    """The parts of the name of the file at `path`."""
    folder, file = os.path.split(path)
    stem = _without_extensions(normalize("NFC", file).lower())
    name = Name(folder=folder, stem=stem, base=stem)
    while (shorter := _shortened(name)) and shorter.base:
        name = shorter
    return name


def is_raw_name(path: str) -> bool:
    """Whether the extension is that of a camera's RAW."""
    return os.path.splitext(path)[1].lower() in RAW_EXTENSIONS


def _without_extensions(name: str) -> str:
    stem, extension = os.path.splitext(name.rstrip())
    while extension in PHOTO_EXTENSIONS:
        name = stem
        stem, extension = os.path.splitext(name.rstrip())
    return name.strip()


def _shortened(name: Name) -> Name | None:
    """Without the last suffix that names a version of the exposure; None if there is none."""
    if apple := _APPLE_EDIT.fullmatch(name.base):
        return replace(name, base=apple[1] + apple[2], is_version=True)
    if edit := _EDIT_WORDS.search(name.base):
        is_unsure = name.is_unsure or edit["number"] is not None
        base = name.base[: edit.start()]
        return replace(name, base=base, is_version=True, is_unsure=is_unsure)
    if copied := _COPY_WORDS.search(name.base):
        return replace(name, base=name.base[: copied.start()], is_copy=True, is_unsure=True)
    if word := _FILE_WORDS.search(name.base):
        return replace(name, base=name.base[: word.start()])
    return None
