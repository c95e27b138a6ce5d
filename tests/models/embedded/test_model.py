import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from aesplugin.assessment import Content
from aesplugin.errors import DamagedPhoto, OutOfMemory, UsageError, WeightsDamaged, WeightsMissing
from aesplugin.models.embedded import card as cards
from aesplugin.models.embedded import embedding
from aesplugin.models.embedded.embedding import EMBEDDING, load_embedding
from aesplugin.models.embedded.model import EmbeddedModel
from aesplugin.models.folds import FoldTable, content_key, read_folds, write_folds
from aesplugin.models.judge.network import FOLDER, FOLDS
from aesplugin.models.judge.vocabulary import EMPTY_REASON
from aesplugin.photo import Rendition
from tests.models.pretended import pretend_size


@pytest.fixture(scope="module")
def model() -> EmbeddedModel:
    return EmbeddedModel(device="cpu")


def _rendition(pixels: np.ndarray, name: str = "a" * 64) -> Rendition:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=92)
    height, width = pixels.shape[:2]
    return Rendition(content_hash=name, jpeg=out.getvalue(), width=width, height=height)


def _scene(seed: int, size: tuple[int, int] = (300, 400)) -> np.ndarray:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), np.uint8))
    return np.asarray(coarse.resize(size[::-1], Image.Resampling.BICUBIC))


def test_embedding_is_384_halves(model: EmbeddedModel) -> None:
    (answer,) = model.assess([_rendition(_scene(0))])
    assert answer.embedding is not None
    values = np.frombuffer(answer.embedding, "<f2")
    assert values.shape == (EMBEDDING,)
    assert np.isfinite(values).all()


def test_alike_photos_have_near_embeddings(model: EmbeddedModel) -> None:
    scene = _scene(1)
    alike, other = np.clip(scene.astype(int) + 4, 0, 255).astype(np.uint8), _scene(2)
    answers = model.assess([_rendition(pixels) for pixels in (scene, alike, other)])
    views = [np.frombuffer(a.embedding or b"", "<f2").astype(float) for a in answers]
    assert np.linalg.norm(views[0] - views[1]) < 0.5 * np.linalg.norm(views[0] - views[2])


def test_answers_hold_all_that_the_judge_finds(model: EmbeddedModel) -> None:
    (answer,) = model.assess([_rendition(_scene(0))])
    assert 1 <= answer.score <= 9.7
    assert answer.uncertainty is not None and answer.uncertainty > 0
    assert answer.content is not None
    assert answer.suggestions is not None and len(answer.suggestions) <= 3
    assert answer.reasons is not None and len(answer.reasons) <= 3
    assert answer.comment is None


def test_no_photos_no_answers(model: EmbeddedModel) -> None:
    assert model.assess([]) == []


def test_answers_do_not_depend_on_the_batch(model: EmbeddedModel) -> None:
    photos = [_rendition(_scene(seed, (300, 400 + 60 * (seed % 3)))) for seed in range(8)]
    together = model.assess(photos)
    alone = [model.assess([photo])[0] for photo in photos]
    scores = [answer.score for answer in together]
    np.testing.assert_allclose(scores, [answer.score for answer in alone], atol=0.0011)
    assert [round(score, 3) for score in scores] == scores
    for one, other in zip(together, alone, strict=True):
        assert one.content == other.content
        assert one.uncertainty == pytest.approx(other.uncertainty, abs=0.011)


def test_more_photos_than_one_pass_takes_come_in_order(model: EmbeddedModel) -> None:
    photos = [_rendition(_scene(seed, (60, 80))) for seed in range(3)]
    answers = model.assess([photos[index % 3] for index in range(18)])
    assert len(answers) == 18
    for index, answer in enumerate(answers):
        assert answer.score == pytest.approx(answers[index % 3].score, abs=0.0011)


@pytest.mark.parametrize("level", [0, 255])
@pytest.mark.parametrize("size", [(768, 1024), (300, 300), (1, 5000), (2, 1)])
def test_an_empty_frame_is_called_so_and_gets_no_advice(
    model: EmbeddedModel, level: int, size: tuple[int, int]
) -> None:
    (answer,) = model.assess([_rendition(np.full((*size, 3), level, np.uint8))])
    assert answer.suggestions == () and answer.content == Content()
    assert [reason.text for reason in answer.reasons or ()] == [EMPTY_REASON]
    assert answer.score == 1


def test_noise_alone_is_an_empty_frame(model: EmbeddedModel) -> None:
    noise = np.random.default_rng(9).integers(0, 256, (480, 640, 3), np.uint8)
    (answer,) = model.assess([_rendition(noise)])
    assert answer.score < 2
    assert [reason.text for reason in answer.reasons or ()] == [EMPTY_REASON]


def test_damaged_rendition_is_named_among_good_ones(model: EmbeddedModel) -> None:
    bad = Rendition(content_hash="b" * 64, jpeg=b"\xff\xd8cut", width=1, height=1)
    with pytest.raises(DamagedPhoto, match="b" * 64):
        model.assess([_rendition(_scene(0)), bad])


def test_a_photo_too_large_to_decode_is_out_of_memory(model: EmbeddedModel) -> None:
    """Ten gigabytes of pixels where one may be had: asked again alone, it is one photo's fault."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_AS)
    used = Path("/proc/self/statm")
    if not used.is_file():
        pytest.skip("how much memory this process holds is not told here")
    held = int(used.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + 2**30, limits[1]))
    try:
        with pytest.raises(OutOfMemory, match="do not fit"):
            model.assess([pretend_size(_rendition(_scene(0)), 60000)])
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


def test_unknown_device_is_told() -> None:
    with pytest.raises(UsageError, match="try cpu"):
        EmbeddedModel(device="warp")


def test_fold_judges_what_was_learnt_from(model: EmbeddedModel) -> None:
    photo = _rendition(_scene(3))
    shipped = model.assess([photo])[0].score
    table = read_folds(FOLDER / FOLDS, 5)
    theme = next(iter(table.themes))
    unknown, known = model.assess_unseen([photo, photo], ["no such theme", theme])
    assert not unknown.learnt_from
    assert unknown.score == shipped
    assert known.learnt_from
    assert known.score != shipped


@pytest.mark.parametrize("name", [cards.WEIGHTS, cards.CONFIG])
def test_revisions_change_with_the_judge(tmp_path: Path, name: str) -> None:
    for file in (cards.WEIGHTS, cards.CONFIG):
        (tmp_path / file).write_bytes(b"a judge")
    before = cards.weights_digest(tmp_path)
    assert before == cards.weights_digest(tmp_path)
    (tmp_path / name).write_bytes(b"another judge")
    assert cards.weights_digest(tmp_path) != before
    (tmp_path / name).unlink()
    with pytest.raises(WeightsMissing, match=rf"{name} .*reinstall aesplugin"):
        cards.weights_digest(tmp_path)


def test_unusable_cards_are_named(tmp_path: Path) -> None:
    cards.read_card.cache_clear()
    with pytest.raises(WeightsMissing, match=r"card\.json .*reinstall aesplugin"):
        cards.read_card(tmp_path)
    (tmp_path / "card.json").write_text(json.dumps({"name": "embedded"}))
    with pytest.raises(WeightsDamaged, match=r"card\.json"):
        cards.read_card(tmp_path)


@pytest.mark.parametrize("damage", ["absent", "cut", "text", "other"])
def test_unusable_embeddings_are_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "embedding.safetensors"
    if damage == "cut":
        path.write_bytes(embedding.WEIGHTS.read_bytes()[:-1000])
    elif damage == "text":
        path.write_text("no weights")
    elif damage == "other":
        save_file({"something": np.zeros(3, np.float32)}, path)
    expected = WeightsMissing if damage == "absent" else WeightsDamaged
    with pytest.raises(expected, match=re.escape(str(path))) as told:
        load_embedding(path)
    assert "\n" not in str(told.value)


def test_fold_table_knows_content_before_theme(tmp_path: Path) -> None:
    data = b"the file's bytes"
    table = FoldTable(themes={"Lake": 1}, contents={content_key(data): 3})
    path = tmp_path / "folds.json"
    write_folds(path, table)
    read = read_folds(path, 4)
    full_hash = content_key(data) + "0" * 48
    assert read.fold_of(full_hash, "Lake") == 3
    assert read.fold_of("f" * 64, "Lake") == 1
    assert read.fold_of("f" * 64, "Hill") is None
    assert read.fold_of("f" * 64) is None


def test_unusable_fold_tables_are_named(tmp_path: Path) -> None:
    path = tmp_path / "folds.json"
    with pytest.raises(WeightsMissing, match=r"folds\.json"):
        read_folds(path, 5)
    path.write_text("[]")
    with pytest.raises(WeightsDamaged, match=r"folds\.json"):
        read_folds(path, 5)


@pytest.mark.parametrize("fold", [5, -1, "1", True, None])
@pytest.mark.parametrize("part", ["themes", "contents"])
def test_a_fold_the_model_has_no_head_of_is_named(tmp_path: Path, part: str, fold: object) -> None:
    path = tmp_path / "folds.json"
    path.write_text(json.dumps({"themes": {}, "contents": {}, part: {"Lake": 4}}))
    assert read_folds(path, 5)
    path.write_text(json.dumps({"themes": {}, "contents": {}, part: {"Lake": fold}}))
    with pytest.raises(
        WeightsDamaged, match=r"folds\.json belongs to another model: .*'Lake'.* 5 folds"
    ):
        read_folds(path, 5)
