from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForImageTextToText

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.calm.card import WEIGHTS
from aesplugin.models.calm.encoder import LevelFeatures
from aesplugin.models.calm.model import CalmForConditionalGeneration
from tests.models.calm.features import features_for
from tests.models.calm.small import small_config


def test_tokens_stand_in_the_papers_order(small_calm: CalmForConditionalGeneration) -> None:
    """<low><middle><high><thematic>: changing a level changes its own tokens only."""
    features = features_for(small_calm)
    before = small_calm.read(features)[0].tokens
    assert before.shape == (3, small_calm.config.visual_tokens - 1, 32)  # the score's aside
    queries = small_calm.config.queries
    for level in range(3):
        parts = list(features)
        parts[level] = parts[level] + 1
        after = small_calm.read(LevelFeatures(*parts))[0].tokens
        changed = (before - after).abs().sum((0, 2)) > 1e-5
        mine = torch.zeros_like(changed)
        mine[level * queries : (level + 1) * queries] = True
        assert torch.equal(changed, mine)


def test_saved_and_loaded_answers_alike(
    small_calm: CalmForConditionalGeneration, saved_calm: Path
) -> None:
    again = CalmForConditionalGeneration.from_pretrained(saved_calm)
    features = features_for(small_calm)
    one, two = small_calm.read(features)[1].score, again.read(features)[1].score
    assert torch.allclose(one, two, atol=0.02)  # stored in half precision


def test_frozen_parts_are_not_saved(saved_calm: Path) -> None:
    names = load_file(saved_calm / WEIGHTS).keys()
    assert not any(name.startswith("encoder.") for name in names)
    assert all("lora_" in name for name in names if name.startswith("language."))


def test_auto_classes_know_it(saved_calm: Path) -> None:
    assert AutoConfig.from_pretrained(saved_calm).model_type == "calm"
    loaded = AutoModelForImageTextToText.from_pretrained(saved_calm, speaks=False)
    assert isinstance(loaded, CalmForConditionalGeneration)


def test_without_language_the_heads_answer(saved_calm: Path) -> None:
    silent = CalmForConditionalGeneration.from_pretrained(saved_calm, speaks=False)
    assert silent.language is None
    assert silent.read(features_for(silent))[1].flaw.shape == (3, 15)


def test_loss_falls_on_one_batch(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = CalmForConditionalGeneration(small_config(tmp_path))
    features, ids = features_for(model, 2), torch.randint(4, 300, (2, 6))
    learner = torch.optim.Adam([value for value in model.parameters() if value.requires_grad], 0.01)
    losses = []
    for _ in range(30):
        insight, reading = model.read(features)
        loss = model(model.shown(insight, reading.score), ids, torch.ones_like(ids), ids)
        learner.zero_grad()
        loss.backward()
        learner.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] - 0.2


def test_an_answer_is_told_token_by_token_row_after_row(
    small_calm: CalmForConditionalGeneration,
) -> None:
    insight, reading = small_calm.read(features_for(small_calm, 2))
    ids = torch.tensor([[4, 5, 6, 7], [8, 9, 10, 11]])
    labels = torch.tensor([[-100, -100, 6, 7], [-100, 9, 10, 11]])
    given = (small_calm.shown(insight, reading.score), ids, torch.ones_like(ids), labels)
    logits, wanted = small_calm.answer(*given)
    assert wanted.tolist() == [6, 7, 9, 10, 11]
    assert torch.allclose(torch.nn.functional.cross_entropy(logits, wanted), small_calm(*given))
    alone, _ = small_calm.answer(*(one[1:] for one in given))
    assert torch.allclose(alone, logits[2:], atol=1e-4)


def test_missing_and_damaged_files_are_named(saved_calm: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="contains no CALM model"):
        CalmForConditionalGeneration.from_pretrained(tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_bytes((saved_calm / "config.json").read_bytes())
    (broken / WEIGHTS).write_bytes((saved_calm / WEIGHTS).read_bytes()[:500])
    with pytest.raises(WeightsDamaged, match="cannot be read"):
        CalmForConditionalGeneration.from_pretrained(broken)


def test_foreign_weights_are_refused(saved_calm: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((saved_calm / "config.json").read_bytes())
    state = load_file(saved_calm / WEIGHTS)
    state.pop(next(iter(state)))
    save_file(state, tmp_path / WEIGHTS)
    with pytest.raises(WeightsDamaged, match="does not fit"):
        CalmForConditionalGeneration.from_pretrained(tmp_path)
