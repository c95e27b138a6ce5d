"""Tones that were meant, and pictures that are no photos: no advice to undo them.

The pictures are made by the input case 16-toned-monochrome-and-night. `pytest -s` prints what the
model says of each.
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from aesplugin.assessment import Flaw, Kind
from aesplugin.evaluation.inputs import load_pixels
from aesplugin.evaluation.judged import as_rendition
from aesplugin.models.base import Answer
from aesplugin.models.embedded.model import EmbeddedModel

_CASE = Path(__file__).parents[4] / "shared" / "cases" / "16-toned-monochrome-and-night"
_TONED = ("bw_rgb", "bw_L", "sepia", "cyanotype")
_SCENES = ("chel", "coff", "rock", "astr", "moto")
_DARK = (Flaw.UNDEREXPOSED, Flaw.BLOCKED_SHADOWS)
_LIGHT = (Flaw.OVEREXPOSED, Flaw.LOW_CONTRAST)
_COLOURS = (Flaw.UNDERSATURATED, Flaw.COLOR_CAST)

# What the model gets wrong today; take a line out when it is right.
_WRONG = {
    ("fog", Flaw.LOW_CONTRAST),  # its greys span a third of the range, as in a faded photo
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Answer]:
    """What the model says of each picture, by the picture's name."""
    if not _CASE.is_dir():
        pytest.skip("cases: 16-toned-monochrome-and-night is not beside this checkout")
    pytest.importorskip("skimage")
    work = tmp_path_factory.mktemp("toned")
    made = subprocess.run(
        [sys.executable, _CASE / "tone.py"], cwd=work, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    model = EmbeddedModel(device="cpu")
    pictures = sorted((work / "w" / "tone").iterdir())
    said = model.assess([as_rendition(load_pixels(picture)) for picture in pictures])
    found = {picture.stem: answer for picture, answer in zip(pictures, said, strict=True)}
    for name, answer in found.items():
        sys.stdout.write(f"{_line(name, answer)}\n")
    return found


def _line(name: str, answer: Answer) -> str:
    kind = answer.content.kind if answer.content else None
    advised = ", ".join(one.flaw for one in answer.suggestions or ()) or "no advice"
    reasons = ", ".join(one.text for one in answer.reasons or ()) or "no reason"
    return f"{name}: {answer.score:.1f}, {kind or 'unknown kind'}; {advised}; {reasons}"


def _advised(name: str, answers: Mapping[str, Answer]) -> set[Flaw]:
    """The flaws advised against, less those known to be wrong."""
    flaws = {one.flaw for one in answers[name].suggestions or ()}
    return {flaw for flaw in flaws if (name, flaw) not in _WRONG}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("screenshot", {Kind.DOCUMENT, Kind.GRAPHIC}),
        ("document", {Kind.DOCUMENT}),
        ("logo", {Kind.GRAPHIC}),
    ],
)
def test_what_is_no_photo_is_known_and_left_alone(
    name: str, kinds: set[Kind], answers: Mapping[str, Answer]
) -> None:
    answer = answers[name]
    assert answer.content is not None and answer.content.kind in kinds
    assert answer.suggestions == () and answer.reasons == ()


@pytest.mark.parametrize("toned", _TONED)
@pytest.mark.parametrize("scene", _SCENES)
def test_toned_photos_are_not_to_get_their_colours_back(
    scene: str, toned: str, answers: Mapping[str, Answer]
) -> None:
    name = f"{scene}_{toned}"
    assert not _advised(name, answers) & set(_COLOURS), _line(name, answers[name])


@pytest.mark.parametrize("name", ["night_sky", "low_key", "silhouette"])
def test_what_is_dark_on_purpose_stays_dark(name: str, answers: Mapping[str, Answer]) -> None:
    """Night sky and silhouette pass by being taken for no photos: the case draws them."""
    assert not _advised(name, answers) & set(_DARK), _line(name, answers[name])


@pytest.mark.parametrize("name", ["high_key", "fog"])
def test_what_is_light_on_purpose_stays_light(name: str, answers: Mapping[str, Answer]) -> None:
    assert not _advised(name, answers) & set(_LIGHT), _line(name, answers[name])


def test_photos_are_taken_for_photos(answers: Mapping[str, Answer]) -> None:
    for name in (*(f"{scene}_colour" for scene in _SCENES), "bokeh", "high_key", "low_key", "fog"):
        content = answers[name].content
        assert content is not None and content.is_photo, _line(name, answers[name])
