"""The setting `comments`: which models follow it, and what becomes of answers without comments."""

from pathlib import Path

import pytest
from PIL import Image

from aesplugin.compose import Workshop
from aesplugin.errors import SettingsError
from aesplugin.models.base import scores_alike
from aesplugin.models.personal.files import shipped_for
from aesplugin.settings import load_settings
from tests.plugged_in import installed

_TALKER = """
from aesplugin.models.base import Answer, ModelBackend, ModelCard

CARD = ModelCard(name="talker", revision="talker-1", summary="", license="none", comments=True)

class Talker:
    card = CARD

    def __init__(self, comments):
        self._said = "Well seen." if comments else None

    def assess(self, renditions):
        return [Answer(score=6.0, comment=self._said) for _ in renditions]

class TalkerBackend(ModelBackend):
    card = CARD

    def load(self, *, device, threads, cache, comments):
        return Talker(comments)
"""


@pytest.fixture
def talker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model of another package that writes comments, and the folder of a photo."""
    installed(tmp_path, "plugged_talker", _TALKER, models="talker = plugged_talker:TalkerBackend")
    monkeypatch.syspath_prepend(str(tmp_path))
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.linear_gradient("L").resize((320, 240)).save(photos / "a.jpg")
    return photos


def _workshop(folder: Path, *, model: str, comments: bool) -> Workshop:
    return Workshop(
        load_settings(
            model=model,
            comments=comments,
            catalog=str(folder / "catalog.sqlite3"),
            cache=folder / "cache",
        )
    )


def _score(workshop: Workshop, photos: Path) -> tuple[int, str | None]:
    """How many photos were looked at, and the comment that the catalog then has."""
    run = workshop.score_run()
    plan = run.plan([str(photos)])
    assert [file.state for file in run.run(plan)] == ["assessed"]
    entry = workshop.catalog.entry(str(photos / "a.jpg"), workshop.card.revision)
    assert entry is not None and entry.assessment is not None
    return len(plan.todo), entry.assessment.comment


def test_comments_can_still_be_had_after_a_run_without_them(talker: Path) -> None:
    silent = _workshop(talker.parent, model="talker", comments=False)
    assert _score(silent, talker) == (1, None)
    assert _score(silent, talker) == (0, None)
    talking = _workshop(talker.parent, model="talker", comments=True)
    assert _score(talking, talker) == (1, "Well seen.")
    assert _score(silent, talker) == (0, None)  # both are kept


def test_what_a_command_asks_for_goes_before_the_setting(talker: Path) -> None:
    for setting in (True, False):
        workshop = _workshop(talker.parent, model="talker", comments=setting)
        for asked in (True, False):
            said = vars(workshop.load_model(comments=asked))["_said"]
            assert said == ("Well seen." if asked else None)


@pytest.mark.parametrize("name", ["embedded", "fake"])
def test_a_model_without_comments_is_the_same_either_way(tmp_path: Path, name: str) -> None:
    cards = [_workshop(tmp_path, model=name, comments=said).card for said in (True, False)]
    assert cards[0] == cards[1]


def test_a_personal_model_fits_with_and_without_comments(tmp_path: Path) -> None:
    talking, silent = (
        _workshop(tmp_path, model="mini", comments=said).card.revision for said in (True, False)
    )
    assert talking != silent
    assert scores_alike(talking, silent) and not scores_alike(talking, "another")
    assert shipped_for(silent) == shipped_for(talking)


def test_it_is_yes_or_no() -> None:
    with pytest.raises(SettingsError, match="comments"):
        load_settings(comments="sometimes")
