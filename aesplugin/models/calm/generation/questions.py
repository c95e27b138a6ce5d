"""Questions to the language model about photos it has already been shown.

The visual tokens go through the language model once; every question then continues from that
shared key-value prefix.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from aesplugin.models.calm.generation.constrained import Wording
from aesplugin.models.calm.generation.session import Memory, Turn, Voice
from aesplugin.models.wording.levels import level_expectation, level_tokens
from aesplugin.models.wording.prompts import SCORE_QUESTION, ask


class Speaker:
    """One batch of photos in the language model's memory, open for questions."""

    @torch.inference_mode()
    def __init__(self, model: Any, tokenizer: Any, tokens: Tensor) -> None:
        """`tokens` [B, V, H] from `CalmForConditionalGeneration.shown`."""
        self.tokenizer, self.count = tokenizer, tokens.shape[0]
        self.voice = Voice(model.language)
        self._memory = Memory(self.voice, tokens)

    @torch.inference_mode()
    def levels(self) -> list[float]:
        """The expectation over the level words a photo, 1..10; half the cost of `score`."""
        logits = self.voice.words(self._score_turn().last, level_tokens(self.tokenizer))
        return level_expectation(logits)[: self.count].tolist()

    @torch.inference_mode()
    def score(self) -> tuple[list[float], list[float]]:
        """Two read-outs a photo, 1..10: the number said as text, and the level expectation."""
        turn, words = self._score_turn(), level_tokens(self.tokenizer)
        levels = self.voice.words(turn.last, words)  # [B, 5]
        digits = torch.tensor([self._id(str(number)) for number in range(10)])
        comma, space, dot = (torch.full((levels.shape[0],), self._id(text)) for text in ", .")
        turn.feed(torch.stack([words[levels.argmax(-1).cpu()], comma, space], dim=1))
        whole = self.voice.words(turn.last, digits[1:]).argmax(-1).cpu() + 1  # 1..9
        turn.feed(digits[whole][:, None])
        nought, point = self.voice.words(turn.last, torch.stack([digits[0], dot[0]])).cpu().T
        turn.feed(dot[:, None])
        tenth = self.voice.words(turn.last, digits).argmax(-1).cpu()
        ten = (whole == 1) & (nought > point)
        said = torch.where(ten, torch.tensor(10.0), whole + tenth / 10)
        expected = level_expectation(levels)
        return said[: self.count].tolist(), expected[: self.count].tolist()

    @torch.inference_mode()
    def write(
        self,
        questions: Sequence[str],
        seeds: Sequence[str],
        *,
        openings: Sequence[Sequence[str]] | None = None,
        complaints: Sequence[str] | None = None,
        closed: bool = False,
        longest: int = 60,
    ) -> list[str]:
        """An answer to each photo's own rendered question.

        Words are drawn, not always the likeliest, by a generator seeded with the photo's
        `seeds` entry: the same photo gets the same words in every batch. Two things constrain the
        decoding, since a language model this small takes no notice of a score and invents flaws:
        the first sentence is one of the photo's `openings` (`closed`: and nothing follows it but
        the complaint); and what may follow "However" is its
        entry of `complaints`, which ends the answer, and nothing where that is empty.
        """
        rows = [
            Wording(
                self.tokenizer,
                seed,
                openings=openings[number] if openings else (),
                complaint=None if complaints is None else complaints[number],
                closed=closed,
                longest=longest,
            )
            for number, seed in enumerate(seeds)
        ]
        self._grow(rows, questions)
        return [self.tokenizer.decode(row.said, skip_special_tokens=True).strip() for row in rows]

    def _grow(self, rows: Sequence[Wording], questions: Sequence[str]) -> None:
        """Has the language model choose until all is said; a finished row is not heard again."""
        going = [number for number, row in enumerate(rows) if row.going]
        if not going:  # each could only be said in one way
            return
        asked = self._tokens(questions)
        growing = [rows[number] for number in going]
        begun = [[*asked[number], *rows[number].unheard()] for number in going]
        turn = Turn(self._memory, begun, only=going)
        while True:
            for row, logits in zip(growing, self._logits(turn.last, growing), strict=True):
                row.choose(logits)
            going = [number for number, row in enumerate(growing) if row.going]
            if not going:
                return
            turn.keep(going)  # a short answer does not wait for the longest
            growing = [growing[number] for number in going]
            turn.feed_each([row.unheard() for row in growing])

    def _logits(self, last: Tensor, rows: Sequence[Wording]) -> list[Tensor]:
        """Of each row's choices: of all words only where all may follow."""
        if any(row.choices is None for row in rows):
            every = self.voice.vocabulary_logits(last).cpu()
            return [
                one if row.choices is None else one[row.choices]
                for one, row in zip(every, rows, strict=True)
            ]
        words = sorted({word for row in rows for word in row.choices or ()})
        place = {word: number for number, word in enumerate(words)}
        some = self.voice.words(last, torch.tensor(words)).cpu()
        return [
            one[[place[word] for word in row.choices or ()]]
            for one, row in zip(some, rows, strict=True)
        ]

    @torch.inference_mode()
    def prefer(self, question: str, answers: Sequence[str]) -> Tensor:
        """Mean log-likelihood a token of each answer for each photo, [B, len(answers)]."""
        return torch.stack([self._likelihood(question, answer) for answer in answers], dim=1)

    def _likelihood(self, question: str, answer: str) -> Tensor:  # [B]
        ids = self.tokenizer(answer, add_special_tokens=False, return_tensors="pt").input_ids
        ids = ids.expand(self._memory.rows, -1)
        turn = Turn(self._memory, self._tokens([ask(question)]) * self.count)
        before = turn.last[:, None]  # [B, 1, H]: it speaks of the answer's first token
        hidden = torch.cat([before, turn.feed(ids)[:, :-1]], dim=1)
        shares = self.voice.vocabulary_logits(hidden).log_softmax(-1).cpu()
        return shares.gather(2, ids[..., None]).mean((1, 2))[: self.count]

    def _score_turn(self) -> Turn:
        return Turn(self._memory, self._tokens([ask(SCORE_QUESTION)]) * self.count)

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        found: list[list[int]] = self.tokenizer(list(texts), add_special_tokens=False).input_ids
        return found

    def _id(self, text: str) -> int:
        return int(self.tokenizer(text, add_special_tokens=False).input_ids[-1])
