"""What a file's name tells: which exposure it shows, and whether it is an edited version of it.

Cameras and programs add words to the name they began with: `.RAW-01.COVER`, `__highres`, `.dng`
before `.jpg`, `-edit`. What is left without them, the base, is the same for all files of one
exposure. A number is never taken away: it tells the frames of a burst apart.
"""

import re
from dataclasses import dataclass
from pathlib import PurePath

from aesplugin.extensions import PHOTO_EXTENSIONS, RAW_EXTENSIONS

_GAP = r"[\s._~()+-]*"
# Words for one of the files that a camera makes of an exposure. Pixels count these files
# (`.NIGHT-01.COVER`); the frames of a burst are counted alike, but named by another word.
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
    + r"|retouch(?:ed)?|enhanced(?:-nr|-sr)?|crop(?:ped)?|snapseed)(?:[\s._-]?\d{1,2})?|~\d{1,2})"
    + _GAP
    + "$"
)
_APPLE_EDIT = re.compile(r"(img_)e(\d{4})")  # IMG_E0123.JPG is IMG_0123.HEIC as edited


@dataclass(frozen=True, slots=True)
class Name:
    """A path, taken apart; lower case, for cameras and computers differ in it."""

    folder: str
    stem: str  # without extensions and outer spaces
    base: str  # the stem without the words that cameras and programs add
    is_version: bool  # says that it was edited

    @property
    def parents(self) -> tuple[str, str]:
        """The folder and the one it lies in: `JPG/` and `RAW/` stand side by side, or inside."""
        return self.folder, str(PurePath(self.folder).parent)


def read_name(path: str) -> Name:
    """What the name of the file at `path` tells."""
    pure = PurePath(path)
    stem = _without_extensions(pure.name.lower())
    base, is_version = _base(stem)
    return Name(folder=str(pure.parent), stem=stem, base=base or stem, is_version=is_version)


def is_raw_name(path: str) -> bool:
    """Whether the extension is that of a camera's RAW."""
    return PurePath(path).suffix.lower() in RAW_EXTENSIONS


def _without_extensions(name: str) -> str:
    while (suffix := PurePath(name).suffix) in PHOTO_EXTENSIONS and name != suffix:
        name = name.removesuffix(suffix).rstrip()
    return name.strip()


def _base(stem: str) -> tuple[str, bool]:
    """What is left, and whether a word for an edit was among what was taken away."""
    is_version = False
    base = stem
    while base:
        if apple := _APPLE_EDIT.fullmatch(base):
            base, is_version = apple[1] + apple[2], True
        elif edit := _EDIT_WORDS.search(base):
            base, is_version = base[: edit.start()], True
        elif word := _FILE_WORDS.search(base):
            base = base[: word.start()]
        else:
            break
    return base, is_version
