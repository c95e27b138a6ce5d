import pytest
import torch

from aesplugin.models.calm.language import build_tokenizer
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.calm.speaker import Speaker
from aesplugin.models.prompts import ask


def _speaker(model: CalmForConditionalGeneration, tokens: torch.Tensor) -> Speaker:
    return Speaker(model, build_tokenizer(model.config, None), tokens)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def tokens() -> torch.Tensor:
    return torch.randn(3, 8, 32, generator=torch.Generator().manual_seed(3))


def test_scores_are_in_range_and_say_something(
    small_calm: CalmForConditionalGeneration, tokens: torch.Tensor
) -> None:
    text, levels = _speaker(small_calm, tokens).score()
    assert all(1 <= score <= 10 for score in [*text, *levels])
    assert len(set(levels)) == 3


def test_the_shared_prefix_gives_what_a_full_pass_gives(
    small_calm: CalmForConditionalGeneration, tokens: torch.Tensor
) -> None:
    speaker = _speaker(small_calm, tokens)
    question = ask("Is it good?")
    ids = speaker.tokenizer(question, add_special_tokens=False, return_tensors="pt").input_ids
    answer = " good"
    said = speaker.tokenizer(answer, add_special_tokens=False, return_tensors="pt").input_ids
    whole = torch.cat([ids, said], dim=1).expand(3, -1)
    with torch.no_grad():
        logits = small_calm.language(inputs_embeds=small_calm.embed(tokens, whole)).logits
    shares = logits[:, 8 + ids.shape[1] - 1 : -1].log_softmax(-1)
    wanted = shares.gather(2, said.expand(3, -1)[..., None]).mean((1, 2))
    assert torch.allclose(speaker.prefer("Is it good?", [answer])[:, 0], wanted, atol=1e-4)


def test_one_question_leaves_no_trace_in_the_next(
    small_calm: CalmForConditionalGeneration, tokens: torch.Tensor
) -> None:
    speaker = _speaker(small_calm, tokens)
    before = speaker.score()
    speaker.write([ask("What?")] * 3, ["a", "b", "c"], longest=5)
    assert speaker.score() == before


def test_an_answer_does_not_depend_on_its_batch(
    small_calm: CalmForConditionalGeneration, tokens: torch.Tensor
) -> None:
    questions = [ask("What?"), ask("What works in this photo, and what does not?"), ask("Hm")]
    together = _speaker(small_calm, tokens).write(questions, ["a", "b", "c"], longest=8)
    scores = _speaker(small_calm, tokens).score()
    for number, seed in enumerate("abc"):
        alone = _speaker(small_calm, tokens[number : number + 1])
        assert alone.write(questions[number : number + 1], [seed], longest=8) == [together[number]]
        text, levels = alone.score()
        assert text == [scores[0][number]]
        assert levels == pytest.approx([scores[1][number]], abs=1e-5)


def test_levels_alone_are_the_scores_second_read_out(
    small_calm: CalmForConditionalGeneration, tokens: torch.Tensor
) -> None:
    speaker = _speaker(small_calm, tokens)
    assert speaker.levels() == speaker.score()[1]


def test_a_complaint_is_what_was_found_and_ends_the_answer(
    small_calm: CalmForConditionalGeneration, tokens: torch.Tensor
) -> None:
    speaker, seeds = _speaker(small_calm, tokens), [str(number) for number in range(40)]
    for seed in seeds:
        said = speaker.write(
            [ask("What?")] * 3, [seed] * 3, complaints=["", "it is noisy", "it is tilted"]
        )
        assert "However" not in said[0]
        for answer, complaint in zip(said[1:], ("it is noisy", "it is tilted"), strict=True):
            assert answer.count("However") <= 1
            if "However" in answer:
                assert answer.endswith(f"However, {complaint}.")


def test_an_answer_begins_with_one_of_its_openings(
    small_calm: CalmForConditionalGeneration, tokens: torch.Tensor
) -> None:
    speaker = _speaker(small_calm, tokens)
    mine = [("What works in this photo.", "What does not?"), (), ("This photo.",)]
    begun = set()
    for seed in "abcdefgh":
        said = speaker.write([ask("What?")] * 3, [seed] * 3, openings=mine, longest=40)
        begun.add(next(one for one in mine[0] if said[0].startswith(one)))
        assert said[2].startswith("This photo.")
        assert not said[1].startswith((*mine[0], "This photo."))
    assert begun == set(mine[0])  # the model chooses
