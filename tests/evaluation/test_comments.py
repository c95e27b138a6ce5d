import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.errors import DataError
from aesplugin.evaluation.comments import CommentReport, measure_comments, sentences
from aesplugin.evaluation.judged import attributes_of
from aesplugin.evaluation.remarks import Remark, gather_remarks
from aesplugin.evaluation.text_similarity import quoted, read_critiques, runs
from aesplugin.models.fake import FakeModel
from tests.evaluation.judges import Critic
from tests.imaging.attributes.scenes import exposed, tiles

_DARK = "A decent photo of a dog. However, it is clearly too dark."
_NOISY = "A dog. It is badly grainy; the ISO was high."
_FINE = "A lovely take on a dog. The colours look natural."
_DIM, _LIGHT = exposed(tiles(), 0.08), tiles()


def _remarks(
    texts: Sequence[str], flaws: Sequence[Flaw | None], *, dim: Sequence[bool] = ()
) -> list[Remark]:
    """A remark a photo, all measured as well lit unless `dim`."""
    return [
        Remark(
            photo=f"photos/{number}.jpg",
            flaw=flaw,
            text=text,
            attributes=attributes_of(_DIM if dim and dim[number] else _LIGHT),
        )
        for number, (text, flaw) in enumerate(zip(texts, flaws, strict=True))
    ]


def test_truth_beats_the_control() -> None:
    report = measure_comments(
        _remarks([_DARK, _NOISY, _FINE], [Flaw.UNDEREXPOSED, Flaw.NOISE, None])
    )
    assert (report.named, report.named_control, report.clean_accused) == (1.0, 0.0, 0.0)
    assert report.by_flaw == {Flaw.UNDEREXPOSED: 1.0, Flaw.NOISE: 1.0}
    assert report.distinct == 1.0 and report.sentences == 1.0
    assert (report.comments, report.flawed, report.claimed) == (3, 2, 2)


def test_a_model_that_says_the_same_of_all_is_no_better_than_its_control() -> None:
    blind = measure_comments(_remarks([_DARK] * 3, [Flaw.UNDEREXPOSED, Flaw.NOISE, None]))
    assert blind.named == blind.named_control == 0.5
    assert blind.clean_accused == 1.0
    assert blind.distinct == 0.0


def test_claims_are_held_against_the_measurement_too() -> None:
    flaws = [Flaw.UNDEREXPOSED, None, None]
    seen = measure_comments(_remarks([_DARK, _FINE, _FINE], flaws, dim=[True, False, False]))
    assert (seen.measurable, seen.measured, seen.measured_control) == (1, 1.0, 0.0)
    assert (seen.contradicted, seen.contradicted_control) == (0.0, 1.0)
    wrong = measure_comments(_remarks([_FINE, _DARK], flaws[:2], dim=[True, False]))
    assert (wrong.measured, wrong.measured_control) == (0.0, 1.0)


def test_a_claim_against_the_measurement_is_counted() -> None:
    bright = attributes_of(np.full((120, 160, 3), 235, np.uint8))
    dark = Remark(photo="a/1.jpg", flaw=None, text=_DARK, attributes=bright)
    other = Remark(photo="a/2.jpg", flaw=None, text=_FINE, attributes=attributes_of(_DIM))
    report = measure_comments([dark, other])
    assert (report.contradicted, report.contradicted_control) == (1.0, 0.0)


def test_copies_of_one_photo_are_no_control_and_may_share_words() -> None:
    attributes = attributes_of(_LIGHT)
    remarks = [
        Remark(photo="a/1.jpg", flaw=flaw, text=_DARK, attributes=attributes)
        for flaw in (Flaw.UNDEREXPOSED, Flaw.NOISE)
    ]
    report = measure_comments(remarks)
    assert np.isnan(report.named_control)
    assert report.distinct == 1.0


def test_what_no_measurement_knows_is_no_measurable_claim() -> None:
    report = measure_comments(_remarks(["The subject is cut off."], [Flaw.CUT_SUBJECT]))
    assert (report.claimed, report.measurable) == (1, 0)
    assert np.isnan(report.measured)
    assert "nan" not in report.table()


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("One.", 1), ("At f/2.8 it works. Lift it by 0.5 EV!", 2), ("So… What? Yes.", 2)],
)
def test_sentences_are_counted(text: str, count: int) -> None:
    assert sentences(text) == count


def test_quotations_of_eight_words_are_found() -> None:
    source = "I really like the way the light falls on her face here."
    texts = ["Well: the way the LIGHT falls, on her face!", "The light falls on her face."]
    assert quoted(texts, [source]) == [True, False]
    assert runs("one two three", 2) == {("one", "two"), ("two", "three")}
    report = measure_comments(_remarks([texts[0], _FINE], [None, None]), critiques=[source])
    assert report.quoted == 0.5
    assert "of a critique" in report.table()


def test_critiques_are_read_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "pccd.json"
    rows = [{"focus": "a b c d e f g h i", "score": 7, "overall": None}]
    path.write_text(json.dumps(rows))
    assert read_critiques(path) == ["a b c d e f g h i"]
    for wrong, complaint in [
        ("{", "is not JSON"),
        ('{"a": "b"}', "must be a list of objects"),
        ('[{"focus": "short"}]', "no critique of 8 words"),
    ]:
        path.write_text(wrong)
        with pytest.raises(DataError, match=complaint):
            read_critiques(path)
    with pytest.raises(DataError, match="cannot be read"):
        read_critiques(tmp_path / "absent.json")


def _photos(folder: Path, count: int = 3) -> list[Path]:
    paths = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        coarse = Image.fromarray(rng.integers(80, 200, (8, 12, 3), np.uint8))
        paths.append(folder / f"{seed}.png")
        coarse.resize((240, 160), Image.Resampling.BICUBIC).save(paths[-1])
    return paths


def test_every_photo_is_commented_on_clean_and_flawed(tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    steps: list[tuple[int, int]] = []
    remarks = gather_remarks(
        Critic(), _photos(tmp_path), progress=lambda done, of: steps.append((done, of))
    )
    assert [remark.flaw for remark in remarks[:4]] == [None, *SYNTHETIC_FLAWS[:2], None]
    assert len({remark.photo for remark in remarks}) == 3
    assert steps[-1] == (9, 9)
    report = measure_comments(remarks)
    assert report.by_flaw[Flaw.UNDEREXPOSED] == 1.0
    assert report.named > report.named_control
    assert report.clean_accused == 0.0
    assert _headings(report) == ["claims, and the same compared with other photos",
                                 "flaw named where it was made"]  # fmt: skip


def _headings(report: CommentReport) -> list[str]:
    return [panel.title for panel in report.panels()]


def test_a_model_without_comments_is_asked_once_only(tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    model = FakeModel()
    assert gather_remarks(model, _photos(tmp_path)) == []
    with pytest.raises(DataError, match="no photos"):
        gather_remarks(model, [])
