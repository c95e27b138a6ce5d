"""Instruct-tuning 2, scores: votes make the beauty head, the adapter learns to say the score.

MFAM stays as the stages before left it: since no vote reaches it, leaving a fold of themes out
of the beauty head alone gives honest scores of that fold's photos.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from aesplugin.assessment import SCORE_MAX, SCORE_MIN
from aesplugin.errors import SettingsError
from aesplugin.evaluation.metrics import srcc
from aesplugin.models.calm.card import FOLDS as FOLDS_FILE
from aesplugin.models.calm.encoder import summary, summary_blocks
from aesplugin.models.calm.heads import CLEAN, Reading, from_score, to_score
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.folds import write_folds
from aesplugin.models.wording.level_words import LEVEL_WORDS, level_of
from aesplugin.models.wording.levels import level_expectation, level_tokens
from aesplugin.models.wording.prompts import SCORE_QUESTION, ask
from aesplugin.training.calm.beauty_ridge import Copies, Taught, teach
from aesplugin.training.calm.dialogue import IGNORED, dialogue
from aesplugin.training.calm.votes import Rated, rated
from aesplugin.training.engine.config import TrainingConfig
from aesplugin.training.engine.loop import Progress, StageReport, fit
from aesplugin.training.engine.losses import order_loss
from aesplugin.training.engine.processes import Team
from aesplugin.training.features.samples import Samples
from aesplugin.training.stages import setup
from aesplugin.training.stages.check import validation_figures
from aesplugin.training.stages.comments import CommentTurns

STAGE = "scores"
CRAFT_SHARE = 0.1  # of craft in the score: more costs SRCC, less lets flaws pass; see the log
CUTS = (7.2, 6.0, 4.8, 3.6)
"""Thresholds that split the votes into five words of useful size (quintile-like, rounded)."""

assert len(CUTS) == len(LEVEL_WORDS) - 1

_Shown = tuple[Tensor, list[float]]
"""What the language model is shown of some photos [B, V, H], and with which scores, 1..10."""


@torch.no_grad()
def look(model: CalmForConditionalGeneration, samples: Samples, rows: Sequence[int]) -> Tensor:
    """What the beauty head is given for each of `rows`: [N, F]."""
    parts = [
        torch.cat([summary(features), model.mfam(features).pooled], dim=1)
        for features in samples.features.parts(rows)
    ]
    return torch.cat(parts)


def blocks(model: CalmForConditionalGeneration) -> tuple[int, ...]:
    """The widths of the parts of `look`."""
    return (*summary_blocks(model.encoder.shape), 5 * model.config.width)


def set_beauty(model: CalmForConditionalGeneration, data: Rated) -> Taught:
    """Teaches the beauty head the votes, all of them and without each fold.

    Raises:
        SettingsError: the model keeps fewer heads of folds than there are folds.
    """
    needed, there = max(data.folds) + 1, model.config.folds
    if there < needed:
        raise SettingsError(
            f"the votes fall into {needed} folds and the model keeps heads of {there}: write "
            f"folds = {needed} under [model], or leave it out, and train from the first stage"
        )
    model.train(mode=False)
    features = look(model, data.samples, data.clean)
    copies = flawed_copies(model, data)
    taught = teach(features, blocks(model), data.scores, data.folds, copies)
    taught.hand_to(model.heads.beauty)
    model.heads.craft_share.fill_(CRAFT_SHARE)
    return taught


def flawed_copies(model: CalmForConditionalGeneration, data: Rated) -> Copies | None:
    """The flawed copies of the rated photos; None where none is cached."""
    labels, photos = data.samples.labels, enumerate(data.samples.photos)
    found = [(row, index) for index, rows in photos for row in rows if labels.flaw[row] != CLEAN]
    if not found:
        return None
    rows, of = [row for row, _ in found], [index for _, index in found]
    features = look(model, data.samples, rows)
    return Copies(features, torch.tensor(of), labels.severity[rows])


class Scores:
    """Numbers and level words as text, for photos and their flawed copies; comments between.

    A copy's level words must rank it below its original ("rank").

    The targets are the regression's: of a rated photo, that of the fold which never saw it. Few
    photos reach the ends of the scale, so some are shown with a score drawn from all of it.
    """

    def __init__(
        self,
        model: CalmForConditionalGeneration,
        data: Rated,
        more: Samples,
        config: TrainingConfig,
    ) -> None:
        self.model, self.data, self.more = model, data, more
        self.numbers = config.stage(STAGE)
        self.tokenizer: Any = setup.tokenizer_of(model)
        self.level_words = level_tokens(self.tokenizer)
        self.talk = CommentTurns(more, sure=config.sure)
        self.trainable = nn.ModuleDict({"language": model.language, "verdict": model.verdict})

    def losses(self, rng: np.random.Generator) -> Mapping[str, Tensor]:
        half = max(self.numbers.language_batch // 2, 1)
        shown = [self._rated(half, rng), self._pairs(half, rng), self._drawn(half, rng)]
        turns = [(ask(SCORE_QUESTION), answer(said)) for _, scores in shown for said in scores]
        number, levels = self._number(torch.cat([tokens for tokens, _ in shown]), turns)
        _, pairs, _ = torch.split(levels, [len(scores) for _, scores in shown])
        found = {
            "number": number,
            "rank": order_loss(from_score(pairs[::2]), from_score(pairs[1::2]), 0.0),
        }
        if self.numbers.weights["comment"]:  # mixed in, so that the adapter does not forget them
            found["comment"] = self._comment(rng)
        return {name: value * self.numbers.weights[name] for name, value in found.items()}

    def _rated(self, most: int, rng: np.random.Generator) -> _Shown:
        """Rated photos or copies of them, each with the score of the fold that never saw it."""
        some = min(most, len(self.data.folds))
        mine = [int(one) for one in rng.choice(len(self.data.folds), some, replace=False)]
        rows = [int(rng.choice(self.data.samples.photos[one])) for one in mine]
        folds = torch.tensor([self.data.folds[index] for index in mine])
        return self._seen(
            self.data.samples, rows, lambda reading: reading.folds[torch.arange(some), folds]
        )

    def _pairs(self, most: int, rng: np.random.Generator) -> _Shown:
        """Clean photos, each followed by a flawed copy of it."""
        return self._seen(self.more, self._with_copies(most, rng), lambda reading: reading.score)

    def _drawn(self, most: int, rng: np.random.Generator) -> _Shown:
        """Any photos, each with a score drawn from all of the scale."""
        rows = self._any(most, rng)
        drawn = torch.tensor(rng.uniform(SCORE_MIN, SCORE_MAX, len(rows)), dtype=torch.float32)
        return self._seen(self.more, rows, lambda _: from_score(drawn))

    def _with_copies(self, most: int, rng: np.random.Generator) -> list[int]:
        """Rows of clean photos, each followed by a flawed copy of it: `most` in all, at least 2."""
        pairs = []
        for photo in self.more.pick(rng, max(most // 2, 1)):
            copies = [row for row in photo if int(self.more.labels.flaw[row]) != CLEAN]
            pairs += [photo[0], int(rng.choice(copies))]
        return pairs

    def _number(self, seen: Tensor, turns: list[tuple[str, str]]) -> tuple[Tensor, Tensor]:
        """The loss of the scores in words, and the level expectation [B] of each photo, 1..10."""
        said = dialogue(self.tokenizer, turns)
        logits, wanted = self.model.answer(seen, *said)
        lengths = (said.labels != IGNORED).sum(1)
        words = logits[lengths.cumsum(0) - lengths][:, self.level_words]  # each answer's first
        return nn.functional.cross_entropy(logits, wanted), level_expectation(words)

    def _seen(
        self, samples: Samples, rows: list[int], score_of: Callable[[Reading], Tensor]
    ) -> _Shown:
        with torch.no_grad():
            insight, reading = self.model.read(samples.features.batch(rows))
            score = score_of(reading)
        return self.model.shown(insight, score), to_score(score).tolist()

    def _any(self, count: int, rng: np.random.Generator) -> list[int]:
        count = min(count, len(self.more.features))
        return [int(row) for row in rng.choice(len(self.more.features), count, replace=False)]

    def _comment(self, rng: np.random.Generator) -> Tensor:
        rows = self._any(self.numbers.language_batch, rng)
        tokens, scores = self._seen(self.more, rows, lambda reading: reading.score)
        turns = [self.talk.turn(row, score, rng) for row, score in zip(rows, scores, strict=True)]
        loss: Tensor = self.model(tokens, *dialogue(self.tokenizer, turns))
        return loss


def answer(score: float) -> str:
    """How the language model is to say a score: the level word, then the number."""
    return f" {level_of(score, CUTS)}, {score:.1f}."


def run(
    config: TrainingConfig, progress: Progress | None = None, *, speaks: bool = True
) -> StageReport:
    """Sets the beauty head, then (if the model speaks) trains the adapter.

    Figures are of photos not trained on; "srcc" is of themes unseen, folds of seed 0.
    """
    model = setup.load_model(config, STAGE, speaks=speaks)
    data = rated(config)
    data.samples.features.check_encoder(model.encoder.shape)
    set_beauty(model, data)
    report = StageReport(stage=STAGE, folder=config.out / STAGE)
    if speaks:
        setup.freeze(model, mfam=False, language=True)
        setup.halve_language(model)
        objective = Scores(model, data, setup.training_photos(config, model), config)
        loop = setup.loop_config(config, STAGE)
        report = fit(objective, loop, STAGE, *([progress] if progress else []))
    folder = setup.keep(model, config, STAGE)
    if folder.is_dir() and Team().leads:
        write_folds(folder / FOLDS_FILE, data.table())
    report.figures = figures(model, data, config)
    return report


def figures(
    model: CalmForConditionalGeneration, data: Rated, config: TrainingConfig
) -> dict[str, float]:
    """SRCC of unseen themes, with and without craft, and what flaws do to the score."""
    return validation_figures(model, config) | srcc_by_craft(model, data)


@torch.no_grad()
def srcc_by_craft(
    model: CalmForConditionalGeneration, data: Rated, shares: Sequence[float] = (0, CRAFT_SHARE, 1)
) -> dict[str, float]:
    """SRCC with the votes, each photo by the fold that never saw its theme, for shares of craft."""
    reading = model.read(data.samples.features.batch(data.clean))[1]
    own = reading.folds[torch.arange(len(data.folds)), torch.tensor(data.folds)]
    beauty = own - model.heads.craft_share * reading.craft
    return {
        f"srcc, craft {share:g}": srcc((beauty + share * reading.craft).cpu(), data.scores.cpu())
        for share in shares
    }
