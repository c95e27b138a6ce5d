import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter

from aesplugin import registry
from aesplugin.assessment import Flaw
from aesplugin.errors import DamagedPhoto, UsageError, WeightsDamaged, WeightsMissing
from aesplugin.models.base import Answer
from aesplugin.models.calm.assess import CalmModel
from aesplugin.models.calm.card import FOLDS
from aesplugin.models.calm.heads import CLEAN, FLAWS
from aesplugin.models.embedded.model import EmbeddedModel
from aesplugin.models.encoder.views import picture
from aesplugin.models.folds import FoldTable, read_folds, write_folds
from aesplugin.models.judge import network as judge_files
from aesplugin.models.judge.network import load_judge
from aesplugin.photo import Rendition
from tests.models.pretended import pretend_size


def _rendition(image: Image.Image, name: str) -> Rendition:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=92)
    return Rendition(
        content_hash=name, jpeg=buffer.getvalue(), width=image.width, height=image.height
    )


@pytest.fixture(scope="module")
def renditions(photos: list[Image.Image]) -> list[Rendition]:
    return [_rendition(image, f"photo{number}") for number, image in enumerate(photos)]


@pytest.fixture(scope="module")
def model(saved_calm: Path) -> CalmModel:
    return CalmModel(device="cpu", folder=saved_calm)


@pytest.fixture(scope="module")
def towered(saved_tower_calm: Path) -> CalmModel:
    """With a foreign tower: no judge, its own heads answer."""
    return CalmModel(device="cpu", folder=saved_tower_calm)


def test_every_photo_gets_a_whole_answer(model: CalmModel, renditions: list[Rendition]) -> None:
    answers = model.assess(renditions)
    assert len(answers) == 3
    for answer in answers:
        assert 1 <= answer.score <= 10
        assert answer.comment is not None and answer.suggestions is not None
        assert answer.content is not None and answer.reasons is not None
        assert answer.uncertainty is not None and answer.uncertainty > 0


def _scenes() -> list[Image.Image]:
    """A photo dark, blurred, noisy, grey and as it is: of each, something else is told."""
    data = pytest.importorskip("skimage.data")
    coffee = Image.fromarray(data.coffee())
    grain = np.random.default_rng(0).normal(0, 25, (*coffee.size[::-1], 3))
    noisy = Image.fromarray((np.asarray(coffee) + grain).clip(0, 255).astype(np.uint8))
    return [
        coffee,
        coffee.point(lambda value: value // 5),
        coffee.filter(ImageFilter.GaussianBlur(6)),
        noisy,
        coffee.convert("L").convert("RGB"),
    ]


def test_the_judge_answers_as_it_does_for_the_embedded_scorer(saved_calm: Path) -> None:
    """Groups and tastes are read from embeddings: one limit and one prior hold for both models."""
    scenes = [_rendition(image, f"scene{number}") for number, image in enumerate(_scenes())]
    ours = CalmModel(device="cpu", folder=saved_calm, comments=False).assess(scenes)
    theirs = EmbeddedModel(device="cpu").assess(scenes)
    assert any(answer.suggestions for answer in theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert one.score == pytest.approx(other.score, abs=0.02)
        assert one.uncertainty == pytest.approx(other.uncertainty, abs=0.02)
        assert _told(one) == _told(other)
        assert one.embedding is not None and other.embedding is not None
        mine, wanted = (np.frombuffer(x, "<f2") for x in (one.embedding, other.embedding))
        assert np.allclose(mine, wanted, atol=0.02)


def _told(answer: Answer) -> tuple[object, ...]:
    """All that is told in words; numbers beside them may differ in their last digits."""
    return (
        [(one.flaw, one.direction, one.advice) for one in answer.suggestions or ()],
        [one.text for one in answer.reasons or ()],
        answer.content,
    )


def test_a_foreign_tower_answers_by_its_own_heads(
    towered: CalmModel, renditions: list[Rendition]
) -> None:
    look = towered.look([picture(rendition) for rendition in renditions])
    assert look.judged is None
    answers = towered.assess(renditions)
    for answer, score in zip(answers, towered.scores(look)["regression"], strict=True):
        assert answer.score == pytest.approx(score, abs=0.001)
        assert answer.suggestions is not None
        assert answer.content is None and answer.reasons is None and answer.uncertainty is None


def test_cached_features_are_read_by_the_own_heads(
    model: CalmModel, photos: list[Image.Image]
) -> None:
    look = model.look(photos)
    assert look.judged is not None
    assert [one.suggestions for one in look.judged] == model.suggestions(look)
    cached = model.interpret(look.features)
    assert cached.judged is None and cached.embedding is None
    assert torch.equal(cached.reading.flaw, look.reading.flaw)


def test_the_batch_does_not_matter(model: CalmModel, renditions: list[Rendition]) -> None:
    together = model.assess(renditions)
    alone = [model.assess([one])[0] for one in renditions]
    assert [answer.score for answer in together] == [answer.score for answer in alone]
    assert [answer.comment for answer in together] == [answer.comment for answer in alone]


def test_three_read_outs(model: CalmModel, photos: list[Image.Image], saved_calm: Path) -> None:
    found = model.scores(model.look(photos))
    assert set(found) == {"regression", "text", "levels"}
    for name in found:
        other = CalmModel(device="cpu", folder=saved_calm, read_out=name, comments=False)
        assert name in other.card.revision


def test_without_comments_no_language_model_is_needed(
    saved_calm: Path, renditions: list[Rendition]
) -> None:
    quiet = CalmModel(device="cpu", folder=saved_calm, comments=False)
    assert quiet.network.language is None
    assert [answer.comment for answer in quiet.assess(renditions)] == [None] * 3


def test_without_the_judge_suggestions_follow_the_flaw_head(
    towered: CalmModel, photos: list[Image.Image]
) -> None:
    look = towered.look(photos)
    flaw = torch.full((3, CLEAN + 1), -4.0)
    flaw[0, CLEAN] = 6
    flaw[1, FLAWS.index(Flaw.NOISE)] = 6
    flaw[2, [FLAWS.index(Flaw.BLUR), FLAWS.index(Flaw.UNDEREXPOSED)]] = torch.tensor([6.0, 5.5])
    found = towered.suggestions(replace(look, reading=look.reading._replace(flaw=flaw)))
    clean, noisy, both = found
    assert clean == ()
    assert [item.flaw for item in noisy] == [Flaw.NOISE]
    assert [item.flaw for item in both] == [Flaw.BLUR, Flaw.UNDEREXPOSED]
    assert all(0 <= item.strength <= 1 and item.advice for item in (*noisy, *both))


def test_a_contradiction_takes_no_place_of_another_flaw(
    saved_tower_calm: Path, photos: list[Image.Image]
) -> None:
    """Four are named; the second asks for the opposite of the first, so the fourth is told."""
    lenient = CalmModel(device="cpu", folder=saved_tower_calm, comments=False)
    lenient._calibration = replace(lenient._calibration, second_share=0.05)
    look = lenient.look(photos[:1])
    flaw = torch.full((1, CLEAN + 1), -9.0)
    named = [Flaw.UNDEREXPOSED, Flaw.OVEREXPOSED, Flaw.BLUR, Flaw.NOISE]
    flaw[0, [FLAWS.index(one) for one in named]] = torch.tensor([6.0, 5.7, 5.4, 5.1])
    (found,) = lenient.suggestions(replace(look, reading=look.reading._replace(flaw=flaw)))
    assert [item.flaw for item in found] == [Flaw.UNDEREXPOSED, Flaw.BLUR, Flaw.NOISE]


@pytest.mark.parametrize("size", [(1, 1000), (1000, 1), (1, 1)])
def test_odd_shapes_are_scored(model: CalmModel, size: tuple[int, int]) -> None:
    answer = model.assess([_rendition(Image.new("RGB", size, (90, 120, 60)), "odd")])[0]
    assert 1 <= answer.score <= 10


def test_no_photos_no_answers(model: CalmModel) -> None:
    assert model.assess([]) == []


def test_a_broken_rendition_is_named(model: CalmModel) -> None:
    broken = Rendition(content_hash="abc123", jpeg=b"\xff\xd8\xff\xe0 no", width=1, height=1)
    with pytest.raises(DamagedPhoto, match="abc123"):
        model.assess([broken])


def test_a_rendition_beyond_the_decoders_limit_is_named(
    model: CalmModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the limit is the process's, and whoever decodes photos in it may have lifted it
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000_000)
    huge = pretend_size(_rendition(Image.new("RGB", (64, 64)), "photo0"), 2000)
    with pytest.raises(DamagedPhoto, match=r"photo0.*ingest the photo again"):
        model.assess([huge])


def test_the_fold_that_left_a_theme_out_judges_it(
    saved_tower_calm: Path, tmp_path: Path, renditions: list[Rendition]
) -> None:
    folder = Path(shutil.copytree(saved_tower_calm, tmp_path / "calm"))
    model = CalmModel(device="cpu", folder=folder, comments=False)
    model.network.heads.beauty.bias[1 + 4] += 1
    write_folds(folder / FOLDS, FoldTable(themes={"Lake": 4}, contents={}))
    known, unknown = model.assess_unseen([renditions[0]] * 2, ["Lake", "Hill"])
    assert known.learnt_from and not unknown.learnt_from
    assert known.score > unknown.score == model.assess(renditions[:1])[0].score
    write_folds(folder / FOLDS, FoldTable(themes={"Lake": 5}, contents={}))
    with pytest.raises(WeightsDamaged, match=r"folds\.json .*'Lake' the fold 5, .* has 5 folds"):
        model.assess_unseen(renditions[:1], ["Hill"])


def test_the_judges_fold_that_left_a_photo_out_judges_it(
    saved_calm: Path, renditions: list[Rendition]
) -> None:
    """By the table of the judge and its folds, as for the embedded scorer: no other is read."""
    assert not (saved_calm / FOLDS).exists()
    model = CalmModel(device="cpu", folder=saved_calm, comments=False)
    embedded = EmbeddedModel(device="cpu")
    table = read_folds(judge_files.FOLDER / judge_files.FOLDS, load_judge().config.folds)
    learnt = [replace(renditions[0], content_hash=content) for content in _of_each_fold(table)]
    asked = [*learnt, renditions[0]]
    ours, theirs = (one.assess_unseen(asked, [None] * len(asked)) for one in (model, embedded))
    assert len({one.score for one in ours}) > 1
    for mine, wanted in zip(ours, theirs, strict=True):
        assert mine.learnt_from == wanted.learnt_from
        assert mine.score == pytest.approx(wanted.score, abs=0.02)
        assert mine.shipped == pytest.approx(wanted.shipped, abs=0.02)
    assert [one.learnt_from for one in ours] == [True] * len(learnt) + [False]
    assert ours[-1].score == model.assess(renditions[:1])[0].score


def _of_each_fold(table: FoldTable) -> list[str]:
    """A photo's content that each fold left out, in order."""
    by_fold = {fold: content for content, fold in table.contents.items()}
    return [by_fold[fold] for fold in sorted(by_fold)]


def test_bad_arguments_are_named(saved_calm: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown read-out 'mood'"):
        CalmModel(folder=saved_calm, read_out="mood")
    with pytest.raises(UsageError, match="device 'warp' cannot be used"):
        CalmModel(device="warp", folder=saved_calm, comments=False)
    for path in saved_calm.glob("*"):
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "calibration.json").write_text('{"speed": 1}')
    with pytest.raises(WeightsDamaged, match=r"calibration\.json"):
        CalmModel(folder=tmp_path, comments=False)


def test_a_trained_folder_is_a_model_by_its_name(saved_calm: Path, tmp_path: Path) -> None:
    named = f"mini:{saved_calm}"
    backend = registry.model(named)
    model = backend.load(device="cpu", threads=0, cache=tmp_path, comments=False)
    assert isinstance(model, CalmModel)
    assert model.card == backend.card != registry.model("mini").card
    assert model.network.config.width == 16
    with pytest.raises(WeightsMissing, match="contains no CALM model"):
        _ = registry.model(f"mini:{tmp_path}").card


def test_the_language_model_is_looked_for_where_it_was_fetched_to(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match=f"not in {tmp_path}"):
        registry.model("mini").load(device="cpu", threads=0, cache=tmp_path, comments=True)
