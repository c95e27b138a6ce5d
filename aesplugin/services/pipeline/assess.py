"""Score renditions in batches so that one bad photo never affects the others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aesplugin.assessment import SCORE_MAX, SCORE_MIN
from aesplugin.errors import ModelError, OutOfMemory, PhotoError
from aesplugin.models.base import AestheticModel, Answer, PartlyAnswered
from aesplugin.photo import Rendition

Outcome = Answer | PhotoError | ModelError


@dataclass(frozen=True, slots=True)
class Assessed:
    """The result for one rendition: an answer, or the error that prevented it.

    `attempt` numbers the look (1, 2, ...) where the asker counts them: a failure that is reported
    twice is then counted once.
    """

    content_hash: str
    outcome: Outcome
    attempt: int | None = None


def assess(model: AestheticModel, renditions: Sequence[Rendition]) -> list[Assessed]:
    """One result per rendition, in order.

    A batch that fails is halved until the culprit stands alone: out of memory is thereby
    answered with half the batch, a damaged photo is isolated, and the others get their answer.
    A score that is none is a failure of that photo alone.
    """
    if not renditions:
        return []
    try:
        outcomes: Sequence[Outcome] = model.assess(renditions)
    except PartlyAnswered as partly:
        outcomes = partly.outcomes
    except (OutOfMemory, PhotoError) as error:
        if len(renditions) == 1:
            return [Assessed(renditions[0].content_hash, error)]
        half = len(renditions) // 2
        return assess(model, renditions[:half]) + assess(model, renditions[half:])
    return [
        checked(Assessed(rendition.content_hash, outcome))
        for rendition, outcome in zip(renditions, outcomes, strict=True)
    ]


def checked(result: Assessed) -> Assessed:
    """The same; a failure if the score is not within 1..10, so that no such score is stored."""
    answer = result.outcome
    if not isinstance(answer, Answer) or SCORE_MIN <= answer.score <= SCORE_MAX:
        return result
    said = f"the model returned the score {answer.score}, which is not within 1..10"
    return replace(result, outcome=ModelError(said))
