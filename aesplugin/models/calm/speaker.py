"""Questions to the language model about photos it has already been shown.

The visual tokens go through the language model once; every question then continues from that
shared key-value prefix.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from aesplugin.models.calm.turn import Memory, Turn
from aesplugin.models.calm.voice import Voice
from aesplugin.models.calm.wording import BEST, Wording
from aesplugin.models.levels import LEVEL_WORDS, level_expectation
from aesplugin.models.prompts import SCORE_QUESTION, ask

_QUESTION = 96  # tokens; nearly every question with its notes is shorter


class Speaker:
    """One batch of photos in the language model's memory, open for questions."""

    @torch.inference_mode()
    def __init__(self, model: Any, tokenizer: Any, tokens: Tensor) -> None:
        """`tokens` [B, V, H] from MFAM; `model` is a CALM, or the `Voice` made of its language."""
        self.voice = model if isinstance(model, Voice) else Voice(model.language)
        self.tokenizer, self.count = tokenizer, tokens.shape[0]
        size = self.voice.group or self.count
        self._groups = [Memory(self.voice, part) for part in tokens.split(size)]

    @torch.inference_mode()
    def levels(self) -> list[float]:
        """The expectation over the level words a photo, 1..10."""
        words = self._first_tokens()
        found: list[float] = []
        for memory in self._groups:
            logits = self.voice.words(self._score_turn(memory).last, words)
            found += level_expectation(logits)[: memory.count].tolist()
        return found

    @torch.inference_mode()
    def score(self) -> tuple[list[float], list[float]]:
        """Two read-outs a photo, 1..10: the number said as text, and the level expectation."""
        text: list[float] = []
        levels: list[float] = []
        for memory in self._groups:
            said, expected = self._score(memory)
            text += said[: memory.count].tolist()
            levels += expected[: memory.count].tolist()
        return text, levels

    @torch.inference_mode()
    def write(
        self,
        questions: Sequence[str],
        seeds: Sequence[str],
        *,
        complaints: Sequence[str] | None = None,
        longest: int = 60,
    ) -> list[str]:
        """An answer to each photo's own rendered question.

        Words are drawn, not always the likeliest, by a generator seeded with the photo's
        `seeds` entry: the same photo gets the same words in every batch. `complaints` constrain
        the decoding: what may follow "However" is the given sentence, which ends the answer, and
        nothing where it is empty, since a language model this small invents flaws.
        """
        rows = [
            Wording(self.tokenizer, seed, None if complaints is None else complaints[number])
            for number, seed in enumerate(seeds)
        ]
        start = 0
        for memory in self._groups:
            stop = start + memory.count
            self._write(memory, questions[start:stop], rows[start:stop], longest)
            start = stop
        return [self.tokenizer.decode(row.said, skip_special_tokens=True).strip() for row in rows]

    @torch.inference_mode()
    def prefer(self, question: str, answers: Sequence[str]) -> Tensor:
        """Mean log-likelihood a token of each answer for each photo, [B, len(answers)]."""
        found = [
            torch.stack([self._likelihood(memory, question, answer) for answer in answers], dim=1)
            for memory in self._groups
        ]
        return torch.cat(found)

    def _write(
        self, memory: Memory, questions: Sequence[str], rows: Sequence[Wording], longest: int
    ) -> None:
        """Questions of about the same length together: a long one must not pad its neighbours."""
        steps = [self._steps(question) for question in questions]
        for step in sorted(set(steps)):
            mine = [number for number, own in enumerate(steps) if own == step]
            asked = [
                questions[number if number in mine else mine[0]] for number in range(len(rows))
            ]
            turn = Turn(memory, self.tokenizer, asked, step=_QUESTION if step else 1)
            self._draw(turn, {number: rows[number] for number in mine}, longest)

    def _steps(self, question: str) -> int:
        """How many times `_QUESTION` a question is padded to; 0 where padding does no harm."""
        if self.voice.group is None:
            return 0
        return -(-len(self.tokenizer(question, add_special_tokens=False).input_ids) // _QUESTION)

    def _score_turn(self, memory: Memory) -> Turn:
        return Turn(memory, self.tokenizer, [ask(SCORE_QUESTION)] * memory.count)

    def _score(self, memory: Memory) -> tuple[Tensor, Tensor]:
        """Text and level read-outs of one group, [rows] each."""
        turn, words = self._score_turn(memory), self._first_tokens()
        levels = self.voice.words(turn.last, words)  # [B, 5]
        digits = torch.tensor([self._id(str(number)) for number in range(10)])
        comma, space, dot = (torch.full((memory.rows,), self._id(text)) for text in ", .")
        turn.feed(torch.stack([words[levels.argmax(-1).cpu()], comma, space], dim=1))
        whole = self.voice.words(turn.last, digits[1:]).argmax(-1).cpu() + 1  # 1..9
        turn.feed(digits[whole][:, None])
        nought, point = self.voice.words(turn.last, torch.stack([digits[0], dot[0]])).cpu().T
        turn.feed(dot[:, None])
        tenth = self.voice.words(turn.last, digits).argmax(-1).cpu()
        ten = (whole == 1) & (nought > point)
        return torch.where(ten, torch.tensor(10.0), whole + tenth / 10), level_expectation(levels)

    def _likelihood(self, memory: Memory, question: str, answer: str) -> Tensor:  # [B]
        ids = self.tokenizer(answer, add_special_tokens=False, return_tensors="pt").input_ids
        turn = Turn(memory, self.tokenizer, [ask(question)] * memory.count)
        before = turn.last[:, None]  # [B, 1, H]: it speaks of the answer's first token
        hidden = torch.cat([before, turn.feed(ids.expand(memory.rows, -1))[:, :-1]], dim=1)
        shares = self.voice.every_word(hidden).log_softmax(-1).cpu()
        said = shares.gather(2, ids.expand(memory.rows, -1)[..., None])
        return said.mean((1, 2))[: memory.count]

    def _draw(self, turn: Turn, rows: Mapping[int, Wording], longest: int) -> None:
        """Lets the rows grow together until the last has ended."""
        chosen = torch.zeros((turn.memory.rows, 1), dtype=torch.long)
        for _ in range(longest):
            # one candidate more than is drawn from: a row may have to leave one out
            values, tokens = (part.cpu() for part in self.voice.likeliest(turn.last, BEST + 1))
            for number, row in rows.items():
                chosen[number] = row.choose(values[number], tokens[number])
            if not any(row.going for row in rows.values()):
                return
            turn.feed(chosen)

    def _first_tokens(self) -> Tensor:  # [5]
        return torch.tensor(
            [
                self.tokenizer(f" {word}", add_special_tokens=False).input_ids[0]
                for word in LEVEL_WORDS
            ]
        )

    def _id(self, text: str) -> int:
        return int(self.tokenizer(text, add_special_tokens=False).input_ids[-1])
