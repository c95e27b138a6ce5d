"""What the processor makes of photos and questions, and that it is found where it was kept."""

from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from transformers import AutoProcessor

from aesplugin.errors import WeightsDamaged
from aesplugin.models.calm.config import read_config
from aesplugin.models.calm.measures import MEASURES
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.calm.processor import CalmProcessor
from aesplugin.models.wording.prompts import COMMENT_QUESTION, SCORE_QUESTION, ask

_ASKED = [SCORE_QUESTION, COMMENT_QUESTION]  # of different lengths: one is padded


@pytest.fixture
def processor(saved_calm: Path, tmp_path: Path) -> CalmProcessor:
    return CalmProcessor.for_config(read_config(saved_calm), tmp_path)


def _same(one: dict[str, Any], two: dict[str, Any]) -> bool:
    assert one.keys() == two.keys() == {"views", "input_ids", "attention_mask"}
    parts = [
        zip(mine, yours, strict=True)
        for mine, yours in zip(one["views"], two["views"], strict=True)
    ]
    ids = torch.equal(one["input_ids"], two["input_ids"])
    mask = torch.equal(one["attention_mask"], two["attention_mask"])
    return ids and mask and all(torch.equal(a, b) for views in parts for a, b in views)


def test_photos_become_views_and_questions_ids(
    processor: CalmProcessor, photos: list[Image.Image]
) -> None:
    out = processor(photos, _ASKED)
    assert len(out["views"]) == 3
    for views in out["views"]:
        assert views.whole.dtype == views.detail.dtype == torch.uint8
        assert views.detail.shape == (3, 224, 224) and views.measures.shape == (MEASURES,)
    rows, mask = out["input_ids"], out["attention_mask"]
    assert sorted(mask[:, 0].tolist()) == [0, 1] and mask[:, -1].tolist() == [1, 1]  # on the left
    text = [
        processor.tokenizer.decode(ids[seen == 1]) for ids, seen in zip(rows, mask, strict=True)
    ]
    assert text == [ask(question) for question in _ASKED]


def test_either_part_alone(processor: CalmProcessor, photos: list[Image.Image]) -> None:
    assert processor(photos[0]).keys() == {"views"}
    assert processor(text=SCORE_QUESTION).keys() == {"input_ids", "attention_mask"}


def test_a_saved_processor_is_found_by_the_auto_class(
    processor: CalmProcessor, photos: list[Image.Image], tmp_path: Path
) -> None:
    processor.save_pretrained(tmp_path / "kept")
    again = AutoProcessor.from_pretrained(tmp_path / "kept")
    assert isinstance(again, CalmProcessor)
    assert _same(processor(photos, _ASKED), again(photos, _ASKED))


def test_a_models_folder_has_a_processor(
    processor: CalmProcessor, photos: list[Image.Image], saved_calm: Path
) -> None:
    found = AutoProcessor.from_pretrained(saved_calm)
    assert isinstance(found, CalmProcessor)
    assert _same(processor(photos, _ASKED), found(photos, _ASKED))


def test_its_views_are_what_the_model_looks_at(
    processor: CalmProcessor, photos: list[Image.Image], small_calm: CalmForConditionalGeneration
) -> None:
    (views,) = processor(photos[0])["views"]
    seen = small_calm.look(*(part[None] for part in views))
    assert small_calm.read(seen.features)[1].score.isfinite().all()


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsDamaged, match=r"config\.json cannot be read: No such file"):
        CalmProcessor.from_pretrained(tmp_path)
