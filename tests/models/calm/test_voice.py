"""A voice in low precision: the same answers, whatever stands beside a photo."""

import copy

import pytest
import torch

from aesplugin.models.calm.language import build_tokenizer
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.calm.speaker import Speaker
from aesplugin.models.calm.voice import Voice
from aesplugin.models.prompts import ask

LONG = "What works in this photo, and what does not? " * 8  # more than one step of padding
QUESTIONS = [ask(text) for text in ("What?", "Is it good?", LONG, "Hm", "What works?")]
SEEDS = list("abcde")


@pytest.fixture(scope="module")
def tokens() -> torch.Tensor:
    return torch.randn(5, 8, 32, generator=torch.Generator().manual_seed(3))


@pytest.fixture(scope="module")
def low(small_calm: CalmForConditionalGeneration) -> Voice:
    """What `Voice.fast` makes where bfloat16 is quick, here in groups of three."""
    own = copy.deepcopy(small_calm.language).merge_and_unload()
    return Voice(own.to(torch.bfloat16), group=3)


def speaker(model: CalmForConditionalGeneration, voice: object, tokens: torch.Tensor) -> Speaker:
    return Speaker(voice, build_tokenizer(model.config, None), tokens)  # type: ignore[arg-type]


def test_the_batch_changes_no_bit(
    small_calm: CalmForConditionalGeneration, low: Voice, tokens: torch.Tensor
) -> None:
    together = speaker(small_calm, low, tokens)
    text, levels = together.score()
    said = together.write(QUESTIONS, SEEDS, longest=8)
    assert len(said) == 5
    for number in range(5):
        alone = speaker(small_calm, low, tokens[number : number + 1])
        assert alone.score() == ([text[number]], [levels[number]])
        assert alone.levels() == [levels[number]]
        words = alone.write(QUESTIONS[number : number + 1], SEEDS[number : number + 1], longest=8)
        assert words == said[number : number + 1]


def test_low_precision_says_about_the_same(
    small_calm: CalmForConditionalGeneration, low: Voice, tokens: torch.Tensor
) -> None:
    rough = speaker(small_calm, low, tokens)
    fine = speaker(small_calm, small_calm, tokens)
    assert rough.levels() == pytest.approx(fine.levels(), abs=0.1)
    one, two = (one.prefer("Is it good?", [" good", " poor"]) for one in (rough, fine))
    assert one.shape == two.shape == (5, 2)
    assert torch.allclose(one, two, atol=0.1)


def test_a_fast_voice_leaves_the_model_as_it_is(
    small_calm: CalmForConditionalGeneration, tokens: torch.Tensor
) -> None:
    before = {name: value.clone() for name, value in small_calm.state_dict().items()}
    voice = Voice.fast(small_calm.language)
    assert speaker(small_calm, voice, tokens).levels()
    assert all(torch.equal(value, before[name]) for name, value in small_calm.state_dict().items())
    assert (voice.group is None) == (voice.dtype is torch.float32)


def test_the_likeliest_words_are_ordered_and_exact(low: Voice) -> None:
    hidden = torch.randn(3, 32, generator=torch.Generator().manual_seed(1)).bfloat16()
    values, found = low.likeliest(hidden, 5)
    exact = low.every_word(hidden)
    assert torch.equal(values, values.sort(dim=1, descending=True).values)
    assert torch.allclose(values, exact.gather(1, found), atol=0.05)
    assert (exact.max(1).values - exact.gather(1, found[:, :1])[:, 0]).max() < 0.05
