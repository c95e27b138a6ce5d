"""What services, models and the catalog say in English is in the page's vocabulary."""

from collections.abc import Iterator

import pytest

from aesplugin.assessment import Attribute, Kind, Verdict
from aesplugin.decision import Choice
from aesplugin.face import Eyes, Face, Facing
from aesplugin.models.judge.vocabulary import EMPTY_REASON, FLAW_REASONS, STRENGTHS, SUBJECTS, WORDS
from aesplugin.models.wording.openings import with_article
from aesplugin.models.wording.remedies import DIRECTIONS, suggest
from aesplugin.photo import PhotoState
from aesplugin.services.advice.suggest import suggestions_from
from aesplugin.services.faces import faces_line
from aesplugin.services.groups.frame import Group, GroupKind
from aesplugin.services.pace import time_left
from aesplugin.web.languages.language import languages

GERMAN = languages()["de"]


def _models() -> Iterator[str]:
    yield from (EMPTY_REASON, "nothing stands out")
    for text in (*FLAW_REASONS.values(), *STRENGTHS.values()):
        yield f"+ {text}"
    for kind in Kind:
        yield kind.value
        yield f"kind: {kind.value}"
    for noun in SUBJECTS:
        yield f"shows {with_article(noun)} (pet); keywords: {noun}"
    yield f"keywords: {', '.join(WORDS)}"
    for flaw, directions in DIRECTIONS.items():
        yield flaw.value.replace("_", " ").replace("color", "colour")
        for direction in directions:
            yield from (suggest(flaw, direction, strength).advice for strength in (0.1, 0.5, 0.9))


def _measured() -> Iterator[str]:
    for value in (-4.0, -1.0, 0.5, 3.0, 60.0, 99.0):
        for name in ("exposure", "clipped_highlights", "contrast", "colorfulness", "color_cast",
                     "color_tint", "noise", "subject_sharpness", "motion_blur", "tilt",
                     "jpeg_blocking", "vignetting"):  # fmt: skip
            found = {name: Attribute(value, "", Verdict.POOR)}
            yield from (one.advice for one in suggestions_from(found))
            yield name.replace("_", " ").replace("color", "colour")
    yield from (verdict.value for verdict in Verdict)


def _others() -> Iterator[str]:
    yield from (state.value for state in PhotoState)
    yield from (choice.value for choice in Choice)
    for kind in GroupKind:
        for copies in ((), ("c",), ("c", "d")):
            yield Group(kind=kind, members=("a", "b", *copies), reason="", copies=copies).title
    for count in (0, 1, 3, 8):
        for facing in Facing:
            yield faces_line([_face(eyes, facing) for eyes in [*Eyes, *Eyes, *Eyes][:count]])
    for seconds in (5, 300, 4000, 7200, 90_000, 900_000):
        yield time_left(seconds)


def _face(eyes: Eyes, facing: Facing) -> Face:
    return Face(
        box=(0.1, 0.1, 0.2, 0.2), confidence=0.9, width=812.0, measured_width=200.0, eyes=eyes,
        openness=None, sharpness=0.2, brightness=0.5, facing=facing,
        red_eyes=eyes is Eyes.OPEN and facing is Facing.AWAY,
    )  # fmt: skip


@pytest.mark.parametrize("source", [_models, _measured, _others])
def test_every_phrase_is_known(source) -> None:  # type: ignore[no-untyped-def]
    unknown = sorted({text for text in source() if not GERMAN.knows(text)})
    assert unknown == []
