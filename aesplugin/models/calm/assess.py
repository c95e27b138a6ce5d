"""CALM as a scoring model: the three read-outs, the comment, the suggestions."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aesplugin.assessment import Flaw, Suggestion
from aesplugin.errors import UsageError
from aesplugin.models.base import Answer
from aesplugin.models.calm.calibration import Calibration, ReadOut
from aesplugin.models.calm.card import FOLDS, MINI, read_card
from aesplugin.models.calm.encoder import LevelFeatures, Lite2Encoder, View
from aesplugin.models.calm.generation.questions import Speaker
from aesplugin.models.calm.generation.remedy_likelihood import by_flaw, remedy_likelihoods
from aesplugin.models.calm.heads import CLEAN, FLAWS, WAYS, Reading, from_score, to_score
from aesplugin.models.calm.imagenet_names import class_names
from aesplugin.models.calm.language import build_tokenizer, merge_adapter
from aesplugin.models.calm.mfam import Insight
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.models.calm.processor import CalmProcessor
from aesplugin.models.calm.remarks import bodies, criticism, doubts, praised
from aesplugin.models.encoder.views import picture
from aesplugin.models.folds import FoldTable, Unseen, read_folds
from aesplugin.models.judge import network as judge_files
from aesplugin.models.judge.answer import JudgeAnswer, answers_of
from aesplugin.models.judge.network import Judge, load_judge
from aesplugin.models.runtime import device_named, within_memory
from aesplugin.models.wording.aspects import NAMED, fact_notes
from aesplugin.models.wording.openings import openings
from aesplugin.models.wording.prompts import COMMENT_QUESTION, ask
from aesplugin.models.wording.remedies import DIRECTIONS, consistent, strength_label, suggest
from aesplugin.photo import Rendition
from aesplugin.settings import load_settings

READ_OUTS: tuple[str, ...] = get_args(ReadOut)
_DECIMALS = 3
_MOST = 3  # suggestions a photo
_SURE = 0.35  # below, the classifier's word is not used


@dataclass(frozen=True, slots=True)
class Look:
    """All that one pass over a batch found; questions are asked of this.

    `embedding` [B, E] and `judged`, the judge's answers, are there where photos were encoded, not
    for cached features; the judge only where the encoder is the one it learnt from.
    """

    features: LevelFeatures
    insight: Insight
    reading: Reading
    embedding: Tensor | None = None
    judged: Sequence[JudgeAnswer] | None = None


class CalmModel:
    """The paper's model in the size that ships with this package.

    Args:
        device: "auto", "cpu", "cuda", ...
        threads: of the CPU; 0 leaves torch's choice.
        folder: of a trained CALM, by default the shipped one.
        read_out: which of the three scores is the answer; by default the calibrated one.
        comments: without them no language model is loaded (unless the read-out needs it).
        cache: where the language model was fetched to, by default that of the settings.

    Raises:
        UsageError: no read-out is named so, or there is no such device.
        WeightsMissing: the language model was not pulled, or the folder holds no model.
        WeightsDamaged: a file differs from what was published or stored.
    """

    def __init__(
        self,
        device: str = "auto",
        threads: int = 0,
        *,
        folder: Path = MINI,
        read_out: str | None = None,
        comments: bool = True,
        cache: Path | None = None,
    ) -> None:
        if read_out not in (None, *READ_OUTS):
            raise UsageError(f"unknown read-out {read_out!r}; known: {', '.join(READ_OUTS)}")
        if threads:
            torch.set_num_threads(threads)
        self._folder = folder
        self._calibration = Calibration.read(folder)
        self.read_out = read_out or self._calibration.read_out
        self._comments = comments
        cache = cache or load_settings().cache
        speaks = comments or self.read_out != "regression"
        self.network = CalmForConditionalGeneration.from_pretrained(
            folder, cache=cache, speaks=speaks
        )
        merge_adapter(self.network.language)
        self._device = device_named(device)
        self.network.to(self._device)  # type: ignore[arg-type]
        self.tokenizer: Any = build_tokenizer(self.network.config, cache) if speaks else None
        self.card = read_card(folder, self.read_out)
        own = isinstance(self.network.encoder, Lite2Encoder)
        self._judge = load_judge() if own else None

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """Score, comment, suggestions and embedding of each photo, in order.

        Raises:
            DamagedPhoto: a rendition cannot be decoded; names its content hash.
            OutOfMemory: the photos do not fit together.
        """
        if not renditions:
            return []
        hashes = [rendition.content_hash for rendition in renditions]
        with _fitting(renditions):
            return self._answers(self._look_at(renditions), hashes)

    def assess_unseen(
        self, renditions: Sequence[Rendition], themes: Sequence[str | None]
    ) -> list[Unseen]:
        """Honest scores of photos whose votes were learnt: by the head of the fold without them.

        No vote reaches MFAM, so this is the whole model as it would be without that theme.

        Raises:
            WeightsMissing, WeightsDamaged: `folds.json` is not there, or of another model.
        """
        table = self._fold_table()
        pairs = zip(renditions, themes, strict=True)
        folds = [table.fold_of(rendition.content_hash, theme) for rendition, theme in pairs]
        with _fitting(renditions):
            look = self._look_at(renditions)
            read = self.scores(replace(look, reading=_by_folds(look.reading, folds)))
        shipped: list[float | None] = [None] * len(folds)
        if self.read_out == "regression":  # the others would be asked of the language model again
            shipped = to_score(look.reading.score).tolist()
        return [
            Unseen(
                score=round(read[self.read_out][row], _DECIMALS),
                learnt_from=fold is not None,
                read_outs={name: scores[row] for name, scores in read.items()},
                shipped=shipped[row],
            )
            for row, fold in enumerate(folds)
        ]

    def _fold_table(self) -> FoldTable:
        if self._judge is not None:
            return read_folds(judge_files.FOLDER / judge_files.FOLDS, self._judge.config.folds)
        return read_folds(self._folder / FOLDS, self.network.config.folds)

    def _look_at(self, renditions: Sequence[Rendition]) -> Look:
        return self.look([picture(rendition) for rendition in renditions])

    @torch.inference_mode()
    def look(self, images: Sequence[Image.Image]) -> Look:
        """One encoder pass over the photos; alone each, so that no batch changes an answer."""
        views = []
        for image in images:
            seen = (part[None].to(self._device) for part in CalmProcessor.view(image))
            views.append(self.network.look(*seen))
        parts = zip(*(view.features for view in views), strict=True)
        look = self.interpret(LevelFeatures(*(torch.cat(part) for part in parts)))
        look = replace(look, embedding=torch.cat([view.embedding for view in views]))
        return look if self._judge is None else _judged(look, views, self._judge)

    @torch.inference_mode()
    def interpret(self, features: LevelFeatures) -> Look:
        """MFAM and heads on encoder features, cached ones for instance."""
        insight, reading = self.network.read(features)
        return Look(features, insight, reading)

    def scores(self, look: Look) -> dict[str, list[float]]:
        """Every read-out that can be had: "regression", and with a language model the others."""
        found = {"regression": to_score(look.reading.score).tolist()}
        if self.tokenizer is not None:
            found["text"], found["levels"] = self.speak(look).score()
        return found

    def speak(self, look: Look) -> Speaker:
        """The language model with these photos in mind."""
        seen = self.network.shown(look.insight, look.reading.score)
        return Speaker(self.network, self.tokenizer, seen)

    def _answers(self, look: Look, hashes: Sequence[str]) -> list[Answer]:
        scores = to_score(look.reading.score).tolist()
        speaker = self.speak(look) if self.tokenizer is not None else None
        if speaker is not None and self.read_out == "levels":
            scores = speaker.levels()
        elif speaker is not None and self.read_out == "text":
            scores, _ = speaker.score()
        advice = self.suggestions(look)
        comments: Sequence[str | None] = [None] * len(hashes)
        if self._comments and speaker is not None:
            comments = self.comments(look, speaker, scores, advice, hashes)
        assert look.embedding is not None  # photos were encoded
        views = look.embedding.half().cpu().numpy().astype("<f2")
        answers = [
            Answer(
                score=round(score, _DECIMALS),
                embedding=view.tobytes(),
                comment=comment,
                suggestions=suggestions,
            )
            for score, view, comment, suggestions in zip(
                scores, views, comments, advice, strict=True
            )
        ]
        if look.judged is None:
            return answers
        return [
            replace(
                answer,
                uncertainty=round(one.uncertainty, 2),
                content=one.content,
                reasons=one.reasons,
            )
            for answer, one in zip(answers, look.judged, strict=True)
        ]

    def suggestions(self, look: Look) -> list[tuple[Suggestion, ...]]:
        """What the judge suggests; without it, what the flaw head found, likeliest first.

        Not the strongest first: how strong a flaw is was learnt from photos that have it, and says
        nothing of one that is not there. Of two that contradict each other the likelier is kept.
        """
        if look.judged is not None:
            return [one.suggestions for one in look.judged]
        shares = look.reading.flaw.softmax(-1)
        margins = look.reading.flaw[:, :CLEAN] - look.reading.flaw[:, CLEAN:]
        ways, strengths = look.reading.way, look.reading.severity
        return [
            self._advise(shares[row], margins[row], strengths[row], ways[row])
            for row in range(len(shares))
        ]

    def _advise(
        self, shares: Tensor, margins: Tensor, strengths: Tensor, ways: Tensor
    ) -> tuple[Suggestion, ...]:
        found: list[Suggestion] = []
        for index in shares[:CLEAN].argsort(descending=True).tolist():
            flaw = FLAWS[index]
            least = self._calibration.second_share if found else 0.0
            margin = self._calibration.clean_margins.get(flaw.value, 0.0)
            if margins[index] < margin or shares[index] < least:
                continue
            found.append(suggest(flaw, _way(flaw, ways), float(strengths[index])))
        return consistent(found)[:_MOST]

    def likeliest_flaws(self, look: Look) -> list[Flaw]:
        """The likeliest flaw of each photo, however unlikely it is."""
        return [FLAWS[index] for index in look.reading.flaw[:, :CLEAN].argmax(-1).tolist()]

    def remedies(self, look: Look) -> list[list[float]]:
        """How likely the language model itself finds each remedy for each photo: see `asked`."""
        found: list[list[float]] = remedy_likelihoods(self.speak(look)).tolist()
        return found

    def likeliest(self, remedies: Sequence[float], usual: Sequence[float]) -> Flaw:
        """The flaw whose remedy is most likelier than `usual`, of one photo's `remedies`."""
        leads = by_flaw(remedies, usual)
        return max(leads, key=lambda flaw: leads[flaw])

    def contents(self, look: Look) -> list[str | None]:
        """The encoder's own word for what each photo shows, where it is sure."""
        encoder = self.network.encoder
        if not isinstance(encoder, Lite2Encoder):
            return [None] * len(look.features.theme)
        best = encoder.classify(look.features).softmax(-1).max(-1)
        names = class_names()
        return [
            names[int(index)] if float(share) >= _SURE else None
            for share, index in zip(best.values, best.indices, strict=True)
        ]

    def comments(
        self,
        look: Look,
        speaker: Speaker,
        scores: Sequence[float],
        advice: Sequence[tuple[Suggestion, ...]],
        hashes: Sequence[str],
    ) -> list[str]:
        """Two to four sentences a photo: the judge's findings, in words the language model picks.

        Without a judge the language model writes them, told what the heads found.
        """
        if look.judged is not None:
            return _true_comments(look.judged, speaker, hashes)
        doubt = doubts(look.reading.flaw)
        questions, first = [], []
        for row, content in enumerate(self.contents(look)):
            flaws = [(strength_label(item.strength), item.flaw.value) for item in advice[row][:2]]
            named = {item.flaw for item in advice[row]}
            works = praised(doubt[row], named, self._calibration.usual_doubt)
            notes = fact_notes(content, scores[row], flaws, works)
            questions.append(ask(COMMENT_QUESTION, notes))
            first.append(openings(content, scores[row]))
        complaints = [_complaint(items[:2]) for items in advice]
        return speaker.write(questions, hashes, openings=first, complaints=complaints)


def _true_comments(
    found: Sequence[JudgeAnswer], speaker: Speaker, hashes: Sequence[str]
) -> list[str]:
    nouns = [_noun(one.content.subject) for one in found]
    return speaker.write(
        [ask(COMMENT_QUESTION)] * len(found),
        hashes,
        openings=[bodies(one, noun) for one, noun in zip(found, nouns, strict=True)],
        complaints=[criticism(one) for one in found],
        closed=True,
    )


def _judged(look: Look, views: Sequence[View], judge: Judge) -> Look:
    """The look with the judge's scores in the heads' place, and with all that it tells."""
    blocks = [view.blocks for view in views if view.blocks is not None]
    together = {name: np.concatenate([one[name] for one in blocks]) for name in blocks[0]}
    found = judge.judge(together)
    device = look.reading.score.device
    score, folds = (torch.from_numpy(one).to(device) for one in (found.score, found.folds))
    reading = look.reading._replace(score=from_score(score), folds=from_score(folds))
    return replace(
        look, reading=reading, judged=answers_of(found, together["measures"], judge.config)
    )


def _noun(subject: str | None) -> str | None:
    """ "bird" of "a bird": openings put the article themselves."""
    return None if subject is None else subject.removeprefix("an ").removeprefix("a ")


def _by_folds(reading: Reading, folds: Sequence[int | None]) -> Reading:
    """The reading with each photo's score by the head of its fold; of None, by the shipped one."""
    heads = torch.cat([reading.score[:, None], reading.folds], dim=1)  # [B, 1 + K]
    chosen = torch.tensor([0 if fold is None else 1 + fold for fold in folds], device=heads.device)
    return reading._replace(score=heads.gather(1, chosen[:, None])[:, 0])


def _complaint(items: Sequence[Suggestion]) -> str:
    """What a comment may hold against its photo: the flaws that were found, in words."""
    phrases = [f"{strength_label(item.strength)} {NAMED[item.flaw]}" for item in items]
    return f"it is {' and '.join(phrases)}" if phrases else ""


def _way(flaw: Flaw, ways: Tensor) -> str:
    if len(DIRECTIONS[flaw]) == 1:
        return DIRECTIONS[flaw][0]
    mine = [index for index, (of, _) in enumerate(WAYS) if of is flaw]
    return WAYS[mine[int(ways[mine].argmax())]][1]


def _fitting(renditions: Sequence[Rendition]) -> AbstractContextManager[None]:
    return within_memory(f"{len(renditions)} photos do not fit: set a smaller batch_size")
