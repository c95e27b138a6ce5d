"""Does the model know what it looks at? Kind of picture, subject and keywords, against labels."""

from collections.abc import Sequence

from aesplugin.assessment import Kind
from aesplugin.evaluation.metrics import Measured, measure_ratio, measure_share
from aesplugin.evaluation.real.labels import Viewed
from aesplugin.evaluation.real.nouns import head_noun, names_any, words_of


def kind_figures(viewed: Sequence[Viewed]) -> dict[str, Measured]:
    """Kinds over all pictures, by name; shares 0..1.

    Without any kind from the model only the advice on what is no photograph is measured.
    """
    kinds = [(one.label.kind, _kind(one)) for one in viewed]
    able = any(predicted is not None for _, predicted in kinds)
    judged = kinds if able else []
    return {
        "kind given": measure_share([predicted is not None for _, predicted in kinds]),
        "kind right": measure_share([predicted is kind for kind, predicted in kinds if predicted]),
        "non-photos recognised": measure_share(
            [_no_photo(predicted) for kind, predicted in judged if not kind.is_photo]
        ),
        "photos taken for none": measure_share(
            [_no_photo(predicted) for kind, predicted in judged if kind.is_photo]
        ),
        "non-photos given advice": measure_share(
            [bool(one.suggestions) for one in viewed if not one.label.kind.is_photo]
        ),
    }


def subject_figures(viewed: Sequence[Viewed]) -> dict[str, Measured]:
    """Subject and keywords over all pictures, by name; shares 0..1, counted as in `words`."""
    named = [one for one in viewed if _subject(one)]
    listed = [one for one in viewed if _keywords(one)]
    return {
        "subject given": measure_share([bool(_subject(one)) for one in viewed]),
        "subject right": measure_share(
            [names_any(_subject(one) or "", _labelled_words(one)) for one in named]
        ),
        "keywords precision": measure_ratio(map(_right_keywords, listed)),
        "keywords recall": measure_ratio(map(_found_keywords, listed)),
    }


def _kind(viewed: Viewed) -> Kind | None:
    return viewed.answer.content.kind if viewed.answer.content else None


def _no_photo(predicted: Kind | None) -> bool:
    return predicted is not None and not predicted.is_photo


def _subject(viewed: Viewed) -> str | None:
    return viewed.answer.content.subject if viewed.answer.content else None


def _keywords(viewed: Viewed) -> tuple[str, ...]:
    return viewed.answer.content.keywords if viewed.answer.content else ()


def _labelled_words(viewed: Viewed) -> frozenset[str]:
    return words_of([*viewed.label.subjects, *viewed.label.keywords])


def _right_keywords(viewed: Viewed) -> tuple[int, int]:
    """How many of the model's keywords the label has, and how many there are."""
    keywords, words = _keywords(viewed), _labelled_words(viewed)
    return sum(names_any(one, words) for one in keywords), len(keywords)


def _found_keywords(viewed: Viewed) -> tuple[int, int]:
    """How many of the label's keywords the model names, and how many there are."""
    wanted = [noun for one in viewed.label.keywords if (noun := head_noun(one))]
    keywords = _keywords(viewed)
    return sum(any(names_any(one, [noun]) for one in keywords) for noun in wanted), len(wanted)
