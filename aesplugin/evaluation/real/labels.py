"""What somebody noted about a photo, read from `labels.jsonl`.

One JSON object a line; the fields are those of the labelled set's README. What cannot be used is
told in one line each, and the rest is used.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from aesplugin.assessment import SCORE_MAX, SCORE_MIN, Flaw, Kind, Suggestion
from aesplugin.errors import DataError
from aesplugin.face import Eyes
from aesplugin.models.base import Answer

LABELS: Final = "labels.jsonl"
SLIGHT, CLEAR = 1, 2
Complain = Callable[[str], None]
Name = TypeVar("Name", bound=StrEnum)
_FLAWS: Final = {flaw.value: flaw for flaw in Flaw}


class Split(StrEnum):
    """What a photo's label may be used for: to learn, to choose settings, to report figures."""

    TRAIN = "train"
    CHOOSE = "choose"
    REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One photo as labelled.

    `flaws` are 1 (slight or debatable) or 2 (clear). `tilt` is in degrees to turn the photo by,
    positive clockwise. `score` is 1..10; `good` and `bad` say in a sentence what speaks for and
    against it. `faces` counts those of about 40 px and more, and `eyes` tells of theirs. None: not
    labelled, or nothing tells. `line` is the label's in its file.
    """

    line: int
    name: str
    path: Path
    split: Split
    kind: Kind
    subjects: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    flaws: Mapping[Flaw, int] = field(default_factory=dict)
    tilt: float | None = None
    none_needed: bool | None = None
    score: float | None = None
    faces: int | None = None
    eyes: Eyes | None = None
    good: str | None = None
    bad: str | None = None


def read_labels(root: Path, split: Split | None, complain: Complain) -> list[Label]:
    """The labels of one split, or of all, in the file's order; at least one.

    A photo stands beside `root` ("oasis/images/a.jpg" in the folder above it) or in it. `complain`
    is told in one line of each thing that cannot be used.

    Raises:
        DataError: the file cannot be read, or no label of the split can be used.
    """
    labels: list[Label] = []
    seen: dict[Path, int] = {}
    for number, line in _lines(root / LABELS):
        try:
            label = _label(root, number, line, split, complain)
            first = seen.setdefault(label.path, number)
            if first != number:
                raise _UnusableLine(f"{label.name} is already labelled in line {first}")
        except _UnusableLine as error:
            complain(f"{LABELS}, line {number}: {error}; the line is left out")
        except _OtherSplit:
            continue
        else:
            labels.append(label)
    if not labels:
        wanted = f"of the split {split.value!r}" if split else "at all"
        raise DataError(f"{root / LABELS} has no usable label {wanted}")
    return labels


class _UnusableLine(Exception):
    """Why a whole line is left out."""


class _OtherSplit(Exception):
    """The line is of a split that was not asked for: nothing of it need be right."""


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip():
            yield number, line


def _label(root: Path, number: int, line: bytes, split: Split | None, complain: Complain) -> Label:
    fields = _fields(line)
    name = fields.get("file")
    if not isinstance(name, str) or not name:
        raise _UnusableLine('it does not name a photo ("file")')
    own = _named(Split, name, "split", fields.get("split") or Split.REPORT)
    if split not in (None, own):
        raise _OtherSplit

    def tell(what: str) -> None:
        complain(f"{LABELS}, line {number}: {name}: {what}")

    return Label(
        line=number,
        name=name,
        path=_path(root, name),
        split=own,
        kind=_named(Kind, name, "kind", fields.get("kind")),
        subjects=tuple(_texts(fields.get("subject"))),
        keywords=tuple(_texts(fields.get("keywords"))),
        flaws=_flaws(fields.get("flaws"), tell),
        tilt=_number(fields, "tilt", (-180, 180), tell),
        none_needed=_yes_or_no(fields.get("none_needed"), tell),
        score=_number(fields, "score", (SCORE_MIN, SCORE_MAX), tell),
        faces=_count(fields, "faces", tell),
        eyes=_eyes(fields.get("eyes"), tell),
        good=_sentence(fields.get("good")),
        bad=_sentence(fields.get("bad")),
    )


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _UnusableLine("it is not JSON") from None
    if not isinstance(fields, dict):
        raise _UnusableLine("it is not a JSON object")
    return fields


def _path(root: Path, name: str) -> Path:
    for folder in (root.resolve().parent, root):
        try:
            path = (folder / name).resolve()
            if path.is_file():
                return path
        except (OSError, ValueError):  # a name no file can have
            continue
    raise _UnusableLine(f"{name} does not exist")


def _named(names: type[Name], photo: str, what: str, value: Any) -> Name:
    try:
        return names(value)
    except ValueError:
        raise _UnusableLine(f"{photo} has an unknown {what}, {_shown(value)}") from None


def _texts(value: Any) -> Iterator[str]:
    """A text, or the texts of a list: a photo that was labelled thrice has three subjects."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Sequence):
        for one in value:
            yield from _texts(one)


def _flaws(value: Any, tell: Complain) -> dict[Flaw, int]:
    if not isinstance(value, dict | None):
        tell(f"flaws must be an object, not {_shown(value)}; they are left out")
        return {}
    found: dict[Flaw, int] = {}
    for name, grade in (value or {}).items():
        if name not in _FLAWS:
            tell(f"unknown flaw {_shown(name)}; the flaw is left out")
        elif isinstance(grade, bool) or grade not in (SLIGHT, CLEAR):
            tell(f"{name} must be {SLIGHT} or {CLEAR}, not {_shown(grade)}; the flaw is left out")
        else:
            found[_FLAWS[name]] = int(grade)
    return found


def _number(
    fields: Mapping[str, Any], name: str, bounds: tuple[float, float], tell: Complain
) -> float | None:
    value = fields.get(name)
    if value is None:
        return None
    low, high = bounds
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and low <= value <= high:  # neither for NaN
        return float(value)
    tell(f"{name} must be {low:g} to {high:g}, not {_shown(value)}; the {name} is left out")
    return None


def _count(fields: Mapping[str, Any], name: str, tell: Complain) -> int | None:
    value = fields.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    tell(f"{name} must be a whole number, not {_shown(value)}; the {name} are left out")
    return None


def _eyes(value: Any, tell: Complain) -> Eyes | None:
    if value is None:
        return None
    try:
        return Eyes(value)
    except ValueError:
        known = ", ".join(Eyes)
        tell(f"eyes must be one of {known}, not {_shown(value)}; the eyes are left out")
        return None


def _yes_or_no(value: Any, tell: Complain) -> bool | None:
    if isinstance(value, bool | None):
        return value
    tell(f"none_needed must be true or false, not {_shown(value)}; it is left out")
    return None


def _shown(value: Any) -> str:
    """As JSON has it, cut where it is long."""
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _sentence(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


@dataclass(frozen=True, slots=True)
class Viewed:
    """One photo: the label, and the answer as the plug-in shows it."""

    label: Label
    answer: Answer

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """The advice shown, strongest first."""
        return self.answer.suggestions or ()

    @property
    def clear(self) -> frozenset[Flaw]:
        """The flaws that most careful photographers would want changed."""
        return frozenset(flaw for flaw, grade in self.label.flaws.items() if grade == CLEAR)

    def shows(self, flaw: Flaw) -> bool:
        """Whether advice against the flaw is shown."""
        return any(one.flaw is flaw for one in self.suggestions)
