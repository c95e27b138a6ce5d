import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch

from aesplugin.models.calm.generation.questions import Speaker
from aesplugin.models.calm.language import build_tokenizer, merge_adapter
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.wording.prompts import ask


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


OPENINGS = [
    ["What works in this photo.", "What does not work?", "This photo, and what it does."],
    ["How good.", "How fair and excellent the light of this photo is, and how good its colour."],
    ["Only one."],
]


def _word_by_word(
    model: CalmForConditionalGeneration, tokens: torch.Tensor, openings: list[str], seed: str
) -> str:
    """One photo's closed answer the long way: a whole pass a token, and every word's logit."""
    tokenizer = build_tokenizer(model.config, None)  # type: ignore[arg-type]
    ways = [tokenizer(one, add_special_tokens=False).input_ids for one in openings]
    asked = tokenizer(ask("What?"), add_special_tokens=False, return_tensors="pt").input_ids
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:7], "little")
    draws = torch.Generator().manual_seed(number)
    said: list[int] = []
    while ways := [one for one in ways if one[: len(said)] == said and len(one) > len(said)]:
        ids = torch.cat([asked, torch.tensor([said], dtype=torch.long)], dim=1)
        with torch.no_grad():
            logits = model.language(inputs_embeds=model.embed(tokens, ids)).logits[0, -1]
        allowed = torch.tensor(sorted({one[len(said)] for one in ways}))
        best, order = logits[allowed].topk(len(allowed))
        drawn = torch.multinomial((best / 3).softmax(-1), 1, generator=draws)
        said.append(int(allowed[order[drawn]]))
    return str(tokenizer.decode(said)).strip()


def test_an_answer_among_openings_is_what_it_is_word_by_word(
    small_calm: CalmForConditionalGeneration, tokens: torch.Tensor
) -> None:
    speaker, found = _speaker(small_calm, tokens), set()
    for seed in map(str, range(20)):
        said = speaker.write([ask("What?")] * 3, [seed] * 3, openings=OPENINGS, closed=True)
        for row, mine in enumerate(OPENINGS):
            assert said[row] == _word_by_word(small_calm, tokens[row : row + 1], mine, seed)
        found.update(said)
    assert found == {one for mine in OPENINGS for one in mine}


def test_an_answer_among_openings_does_not_depend_on_its_batch(
    small_calm: CalmForConditionalGeneration, tokens: torch.Tensor
) -> None:
    asked = [ask("What?"), ask("What works in this photo, and what does not?"), ask("Hm")]
    complaints = ["", "it is noisy", "it is tilted"]
    for seeds in ("abc", "def", "ghi"):
        together = _speaker(small_calm, tokens).write(
            asked, seeds, openings=OPENINGS, complaints=complaints, closed=True
        )
        for row in range(3):
            mine = slice(row, row + 1)
            assert _speaker(small_calm, tokens[mine]).write(
                asked[mine],
                seeds[mine],
                openings=OPENINGS[mine],
                complaints=complaints[mine],
                closed=True,
            ) == [together[row]]


def _passes(model: CalmForConditionalGeneration, act: Callable[[], object]) -> list[int]:
    """Rows of each pass through the language model while `act` runs."""
    rows: list[int] = []
    body = model.language_body

    def note(_: object, __: object, given: dict[str, torch.Tensor]) -> None:
        rows.append(given["inputs_embeds"].shape[0])

    hook = body.register_forward_pre_hook(note, with_kwargs=True)
    try:
        act()
    finally:
        hook.remove()
    return rows


def test_the_language_model_is_asked_only_where_there_is_a_choice(
    small_calm: CalmForConditionalGeneration, tokens: torch.Tensor
) -> None:
    speaker, asked = _speaker(small_calm, tokens), [ask("What?")] * 3
    write = partial(speaker.write, asked, "abc", closed=True)
    certain = [["Only one."], ["How good the light of this photo is."], [""]]
    assert _passes(small_calm, lambda: write(openings=certain)) == []
    one_choice = [["Only one."], ["How good.", "How fair and excellent the light is."], [""]]
    assert _passes(small_calm, lambda: write(openings=one_choice)) == [1]
    free = partial(speaker.write, asked, "abc", longest=6)
    assert _passes(small_calm, free)[0] == 3
    assert len(_passes(small_calm, free)) == 6


def test_an_adapter_that_was_merged_answers_the_same(
    saved_calm: Path, tokens: torch.Tensor
) -> None:
    model = CalmForConditionalGeneration.from_pretrained(saved_calm)
    for name, value in model.named_parameters():
        if "lora_B" in name:  # a fresh adapter does nothing
            torch.nn.init.normal_(value, std=0.3, generator=torch.Generator().manual_seed(1))
    before = _speaker(model, tokens).score()
    merge_adapter(model.language)
    assert _speaker(model, tokens).score()[1] == pytest.approx(before[1], abs=1e-5)
