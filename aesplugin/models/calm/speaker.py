"""Questions to the language model about photos it has already been shown.

The visual tokens go through the language model once; every question then continues from that
shared key-value prefix.
"""

import copy
import hashlib
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from aesplugin.models.levels import LEVEL_WORDS, level_expectation
from aesplugin.models.prompts import CHATML_END, SCORE_QUESTION, ask

_TEMPERATURE = 0.4
_BEST = 12  # tokens sampled from


class Speaker:
    """One batch of photos in the language model's memory, open for questions."""

    @torch.inference_mode()
    def __init__(self, model: Any, tokenizer: Any, tokens: Tensor) -> None:
        """`tokens` [B, V, H] from MFAM."""
        self.tokenizer, self.language = tokenizer, model.language
        base = (
            model.language.get_base_model()
            if hasattr(model.language, "get_base_model")
            else model.language
        )
        self.embed = base.get_input_embeddings()
        self.count, self.seen = tokens.shape[:2]
        cache = DynamicCache(config=base.config)
        inputs = tokens.to(self.embed.weight.dtype)
        model.language_body(inputs_embeds=inputs, past_key_values=cache, use_cache=True)
        self.prefix = cache

    @torch.inference_mode()
    def score(self) -> tuple[list[float], list[float]]:
        """Two read-outs a photo, 1..10: the number said as text, and the level expectation."""
        turn = _Turn(self, [ask(SCORE_QUESTION)] * self.count)
        words = [
            self.tokenizer(f" {word}", add_special_tokens=False).input_ids[0]
            for word in LEVEL_WORDS
        ]
        levels = turn.logits[:, words].float()
        expected = level_expectation(levels)
        said = torch.tensor(words)[levels.argmax(-1)]
        comma, space, dot = (self._id(text) for text in (",", " ", "."))
        digits = [self._id(str(number)) for number in range(10)]
        turn.feed(
            torch.stack([said, torch.full_like(said, comma), torch.full_like(said, space)], 1)
        )
        whole = turn.logits[:, digits[1:]].argmax(-1) + 1  # 1..9
        turn.feed(torch.tensor(digits)[whole][:, None])
        ten = (whole == 1) & (turn.logits[:, digits[0]] > turn.logits[:, dot])
        turn.feed(torch.full((self.count, 1), dot))
        tenth = turn.logits[:, digits].argmax(-1)
        number = torch.where(ten, torch.tensor(10.0), whole + tenth / 10)
        return number.tolist(), expected.tolist()

    def _id(self, text: str) -> int:
        return int(self.tokenizer(text, add_special_tokens=False).input_ids[-1])

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
        the decoding: what may follow "However" is the given sentence, and nothing where it is
        empty, since a language model this small invents flaws.
        """
        turn = _Turn(self, questions)
        end = self.tokenizer(CHATML_END, add_special_tokens=False).input_ids[0]
        rows = [
            _Row(self.tokenizer, seed, None if complaints is None else complaints[number], end)
            for number, seed in enumerate(seeds)
        ]
        for _ in range(longest):
            chosen = [row.choose(turn.logits[number]) for number, row in enumerate(rows)]
            if not any(row.going for row in rows):
                break
            turn.feed(torch.tensor(chosen)[:, None])
        return [self.tokenizer.decode(row.said, skip_special_tokens=True).strip() for row in rows]

    @torch.inference_mode()
    def prefer(self, question: str, answers: Sequence[str]) -> Tensor:
        """Mean log-likelihood a token of each answer for each photo, [B, len(answers)]."""
        asked = [ask(question)] * self.count
        found = []
        for answer in answers:
            ids = self.tokenizer(answer, add_special_tokens=False, return_tensors="pt").input_ids
            turn = _Turn(self, asked)
            first = turn.logits[:, None]  # [B, 1, vocabulary]
            rest = turn.feed(ids.expand(self.count, -1))
            logits = torch.cat([first, rest[:, :-1]], dim=1).float().log_softmax(-1)
            found.append(logits.gather(2, ids.expand(self.count, -1)[..., None]).mean((1, 2)))
        return torch.stack(found, dim=1)


class _Turn:
    """One question to every photo; `logits` [B, vocabulary] speak of the next token."""

    def __init__(self, speaker: Speaker, questions: Sequence[str]) -> None:
        self.speaker, self.cache = speaker, copy.deepcopy(speaker.prefix)
        speaker.tokenizer.padding_side = "left"
        asked = speaker.tokenizer(
            list(questions), return_tensors="pt", padding=True, add_special_tokens=False
        )
        seen = torch.ones((speaker.count, speaker.seen), dtype=torch.long)
        self.mask = torch.cat([seen, asked["attention_mask"]], dim=1)
        self.logits = self._run(asked["input_ids"], keep=1)[:, -1]

    def feed(self, ids: Tensor) -> Tensor:
        """Adds tokens [B, L]; returns their logits [B, L, vocabulary]."""
        self.mask = torch.cat([self.mask, torch.ones_like(ids)], dim=1)
        logits = self._run(ids)
        self.logits = logits[:, -1]
        return logits

    def _run(self, ids: Tensor, keep: int = 0) -> Tensor:
        """Logits of the last `keep` positions (0: all); the word head costs a fifth of a pass."""
        places = (self.mask.cumsum(1) - 1).clamp_min(0)[:, -ids.shape[1] :]
        out = self.speaker.language(
            inputs_embeds=self.speaker.embed(ids),
            attention_mask=self.mask,
            position_ids=places,
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=keep,
        )
        logits: Tensor = out.logits
        return logits


class _Row:
    """One photo's answer while it grows."""

    def __init__(self, tokenizer: Any, seed: str, complaint: str | None, end: int) -> None:
        self.end, self.going = end, True
        self.said: list[int] = []
        self._draws = torch.Generator().manual_seed(_number(seed))
        self._but = tokenizer(" However", add_special_tokens=False).input_ids[0]
        text = f" However, {complaint}." if complaint else ""
        self._complaint: list[int] = tokenizer(text, add_special_tokens=False).input_ids
        self._free = complaint is None
        self._forced: list[int] = []

    def choose(self, logits: Tensor) -> int:
        """The next token; `end` for ever once the answer is over."""
        if not self.going:
            return self.end
        token = self._forced.pop(0) if self._forced else self._drawn(logits)
        if token == self.end:
            self.going = False
        else:
            self.said.append(token)
        return token

    def _drawn(self, logits: Tensor) -> int:
        if not self._free and not self._complaint:
            logits = logits.clone()
            logits[self._but] = -torch.inf
        token = _draw(logits, self._draws)
        if self._complaint and token in (self._but, self.end):
            token, *self._forced = self._complaint
            self._complaint = []
        return token


def _draw(logits: Tensor, generator: torch.Generator) -> int:
    values, tokens = logits.float().topk(_BEST)
    shares = (values / _TEMPERATURE).softmax(-1)
    return int(tokens[torch.multinomial(shares, 1, generator=generator)])


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:7], "little")
