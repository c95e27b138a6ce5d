"""A server's model as a scoring model: each photo is a few requests, several photos at once."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from aesplugin.errors import ModelAway, ModelError
from aesplugin.models.base import Answer, ModelCard, PartlyAnswered
from aesplugin.models.server.card import Asking, Facts
from aesplugin.models.server.client import ServerAway, ServerBroke, ServerClient, ServerRefused
from aesplugin.models.server.dialects import DIALECTS, Question
from aesplugin.models.server.patience import Patience
from aesplugin.models.server.probe import is_same, probe, tiny_question
from aesplugin.models.server.readout import NoScore, read_score, said_score
from aesplugin.models.vlm.dialogue import (
    COMMENT,
    LONGEST,
    SUGGEST,
    read_comment,
    read_suggestions,
)
from aesplugin.models.vlm.shape import shown
from aesplugin.models.wording.level_questions import NUMBER_QUESTION, WORDINGS
from aesplugin.photo import Rendition

_QUALITY: Final = 90  # of the JPEGs that are sent
_NUMBER_TOKENS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the server is asked: settings."""

    asking: Asking
    requests: int  # at once
    patience: Patience
    comments: bool


class ServerModel:
    """The model that `server:MODEL` names.

    What a request ends in is told apart by asking about a tiny picture that was answered before:
    where the server still answers that one, it fails at the photo; else it is the server's
    trouble, and the photos wait.
    """

    def __init__(self, client: ServerClient, facts: Facts, card: ModelCard, manner: Manner) -> None:
        self.card = card
        self._client, self._facts, self._manner = client, facts, manner
        self._dialect = DIALECTS[facts.kind]
        self._was_away = False

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """Expectation over five level words, or the number said; comments where asked for.

        Raises:
            DamagedPhoto: a rendition cannot be decoded.
            PartlyAnswered: the server fails at some of the photos.
            ModelAway: it does not answer, and has been waited for.
            ModelError: it is not the server it was.
        """
        if not renditions:
            return []
        pictures = [self._picture(rendition) for rendition in renditions]
        self._return_to_it()
        given_up = threading.Event()
        with ThreadPoolExecutor(min(self._manner.requests, len(pictures))) as pool:
            try:
                waiting = [pool.submit(self._outcome, one, given_up) for one in pictures]
                outcomes = [one.result() for one in waiting]
                self._check_it_is_the_same(given_up)
            except ModelAway:
                self._was_away = True
                raise
            finally:
                given_up.set()
                pool.shutdown(wait=False, cancel_futures=True)
        answers = [outcome for outcome in outcomes if isinstance(outcome, Answer)]
        if len(answers) < len(outcomes):
            raise PartlyAnswered(outcomes)
        return answers

    def _return_to_it(self) -> None:
        """After it was away: one look whether it is back, and still the same; no waiting.

        Raises:
            ModelAway: it is not back. ModelError: it is another server or model now.
        """
        if not self._was_away:
            return
        if probe(self._client, self._facts.model) != self._facts:
            raise self._changed()
        self._was_away = False

    def _check_it_is_the_same(self, given_up: threading.Event) -> None:
        """After each batch: while a server is waited for it may be started with other weights."""
        facts = self._facts
        if not self._manner.patience.persist(lambda: is_same(self._client, facts), given_up):
            raise self._changed()

    def _changed(self) -> ModelError:
        return ModelError(
            f"{self._client.where} came back as another: start again, so that its answers are"
            " kept apart from those before"
        )

    def _picture(self, rendition: Rendition) -> bytes:
        """The JPEG that is sent, its long side as set."""
        image = shown(rendition)
        side = self._manner.asking.long_side
        if max(image.size) > side:
            image.thumbnail((side, side))
        elif image.size == (rendition.width, rendition.height):
            return rendition.jpeg
        data = BytesIO()
        image.save(data, "JPEG", quality=_QUALITY)
        return data.getvalue()

    def _outcome(self, jpeg: bytes, given_up: threading.Event) -> Answer | ModelError:
        """The answer about one photo, or why the server fails at it.

        Raises:
            ModelAway, ModelError: it fails at every picture.
        """
        try:
            return self._answer(jpeg, given_up)
        except ModelAway:
            given_up.set()
            raise
        except NoScore as error:
            return error
        except ModelError as error:
            self._check_others_are_answered(given_up)
            if isinstance(error, ServerBroke | ServerRefused):
                return ModelError(f"the server fails at this photo: it {error.reason}")
            return ModelError(f"the server fails at this photo: {error}")

    def _check_others_are_answered(self, given_up: threading.Event) -> None:
        """Raises ModelAway: it fails at the tiny picture as well; ModelError: it refuses that."""
        question = tiny_question(self._facts)
        try:
            self._ask(question, given_up)
        except ServerBroke as error:
            given_up.set()
            raise ServerAway(
                f"{self._client.where} {error.reason}, whatever the picture: look at its log; what"
                " is not scored yet waits"
            ) from None

    def _answer(self, jpeg: bytes, given_up: threading.Event) -> Answer:
        if self._facts.is_read:
            score, uncertainty = self._read(jpeg, given_up)
        else:
            asked = Question(text=NUMBER_QUESTION, jpeg=jpeg, longest=_NUMBER_TOKENS)
            score, uncertainty = said_score(self._say(asked, given_up)), None
        if not (self._manner.comments and self._facts.talks):
            return Answer(score=score, uncertainty=uncertainty)
        comment = self._say(Question(text=COMMENT, jpeg=jpeg, longest=LONGEST), given_up)
        advice = self._say(Question(text=SUGGEST, jpeg=jpeg, longest=LONGEST), given_up)
        return Answer(
            score=score,
            uncertainty=uncertainty,
            comment=read_comment(comment),
            suggestions=read_suggestions(advice),
        )

    def _read(self, jpeg: bytes, given_up: threading.Event) -> tuple[float, float]:
        found = []
        for text, opening in WORDINGS[self._manner.asking.wording]:
            question = Question(
                text=text, jpeg=jpeg, opening=opening,
                is_read=True, token_ids=self._facts.token_ids,
            )  # fmt: skip
            found.append(self._dialect.alternatives(self._ask(question, given_up)))
        return read_score(found)

    def _say(self, question: Question, given_up: threading.Event) -> str:
        return self._dialect.text(self._ask(question, given_up))

    def _ask(self, question: Question, given_up: threading.Event) -> Any:
        body = self._dialect.body(self._facts.model, question)
        return self._manner.patience.persist(
            lambda: self._client.ask(self._dialect.path, body), given_up
        )
