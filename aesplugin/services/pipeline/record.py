"""Store the model's answers beside the measurements; runs where the catalog is."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aesplugin.assessment import Assessment, Attribute, Suggestion
from aesplugin.models.base import Answer
from aesplugin.services.advice.suggest import suggestions_from
from aesplugin.services.advice.suggestion_check import ground, levelled
from aesplugin.services.pipeline.assess import Assessed, checked

if TYPE_CHECKING:
    from aesplugin.catalog.catalog import Catalog


def record(catalog: "Catalog", results: Sequence[Assessed], *, model: str, revision: str) -> int:
    """Stores a model's answers and failures; delivering the same twice changes nothing.

    Returns how many assessments are new. A failure is counted against its photo, which is
    quarantined with the reason after three. So is an answer whose score is none, whoever sent it.
    """
    results = [checked(result) for result in results]
    answered = {r.content_hash: r.outcome for r in results if isinstance(r.outcome, Answer)}
    measured = catalog.attributes_of(list(answered))
    new = catalog.record_assessments(
        [
            Assessment(
                content_hash=content_hash,
                model=model,
                model_revision=revision,
                score=answer.score,
                comment=answer.comment,
                suggestions=grounded(answer, measured.get(content_hash, {})),
                embedding=answer.embedding,
                uncertainty=answer.uncertainty,
                content=answer.content,
                reasons=answer.reasons,
            )
            for content_hash, answer in answered.items()
        ]
    )
    for result in results:
        if not isinstance(result.outcome, Answer):
            catalog.record_model_failure(
                result.content_hash, revision, str(result.outcome), attempt=result.attempt
            )
    return new


def grounded(answer: Answer, attributes: Mapping[str, Attribute]) -> tuple[Suggestion, ...]:
    """The suggestions to show: the model's, or measured ones if it gives none.

    Those of a model that tells what it sees were calibrated on real photos, and stand; of another
    model's, what the measurements contradict is dropped. A picture that is no photo gets none: what
    flatters a photo may ruin a drawing.
    """
    if answer.content is not None and not answer.content.is_photo:
        return ()
    if answer.suggestions is None:
        return suggestions_from(attributes)
    if answer.content is not None:
        return levelled(answer.suggestions, attributes)
    return ground(answer.suggestions, attributes)
