"""A labelled set of a few small photos, and a real small model that knows them by their grey."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from aesplugin.assessment import Content, Flaw, Kind
from aesplugin.errors import DamagedPhoto
from aesplugin.evaluation.real.labels import Label, Split, Viewed
from aesplugin.models.base import Answer, ModelCard
from aesplugin.models.wording.remedies import suggest
from aesplugin.photo import Rendition
from tests.evaluation.judges import pixels_of

_STEP = 25  # grey levels between one photo and the next


class Knower:
    """Answers to photo number n, of grey 25 n, as it was told; fails where it was told None."""

    card = ModelCard(name="knower", revision="1", summary="for tests", license="Apache-2.0")

    def __init__(self, answers: Mapping[int, Answer | None]) -> None:
        self._answers = answers

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        return [self._answer(round(float(pixels_of(one).mean()) / _STEP)) for one in renditions]

    def _answer(self, number: int) -> Answer:
        answer = self._answers[number]
        if answer is None:
            raise DamagedPhoto(f"photo {number} is damaged")
        return answer


def write_photo(path: Path, number: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((32, 48, 3), _STEP * number, np.uint8)).save(path)
    return path


def row(number: int = 1, **fields: Any) -> dict[str, Any]:
    """A line of labels, good unless told otherwise."""
    usual = {"kind": "landscape", "subject": "a lake", "keywords": ["lake", "trees"], "flaws": {}}
    usual |= {"split": "report", "tilt": 0, "none_needed": True, "score": 6.0}
    return {"file": f"photos/{number}.png"} | usual | fields


def write_labels(folder: Path, lines: Sequence[dict[str, Any] | str]) -> Path:
    """The set's root: photos 1, 2 and 3 beside it, and a line for each that is given."""
    root = folder / "data" / "labelled"
    root.mkdir(parents=True, exist_ok=True)
    for number in (1, 2, 3):
        write_photo(root.parent / "photos" / f"{number}.png", number)
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (root / "labels.jsonl").write_text("\n".join(texts) + "\n", encoding="utf-8")
    return root


def view(
    *,
    kind: Kind = Kind.LANDSCAPE,
    flaws: Mapping[Flaw, int] | None = None,
    advice: Sequence[tuple[Flaw, str]] = (),
    content: Content | None = None,
    comment: str | None = None,
    **label: Any,
) -> Viewed:
    """A photo with its label and answer, without pixels."""
    known = Label(
        line=1,
        name="a.jpg",
        path=Path("a.jpg"),
        split=Split.REPORT,
        kind=kind,
        flaws=flaws or {},
        **label,
    )
    told = tuple(suggest(flaw, way, 0.8) for flaw, way in advice)
    return Viewed(known, Answer(score=5.0, suggestions=told, content=content, comment=comment))
