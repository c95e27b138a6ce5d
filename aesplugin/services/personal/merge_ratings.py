"""Merges ratings and decisions by hand into one rating per photo and person."""

from dataclasses import replace
from datetime import UTC, datetime

from aesplugin.catalog.records import Marks, Preference
from aesplugin.decision import Choice, Decision

MARKS = "marks"  # the source of what is read from stars, picks and favourites
_WORTH = {Choice.PICK: 4, Choice.REJECT: 1, Choice.NONE: None}  # stars, where none were given
_LOVED = 4  # stars of 5
_NEVER = datetime.min.replace(tzinfo=UTC)


def from_marks(marks: Decision) -> Preference | None:
    """Stars count; without them a pick or reject does. 0 stars are not a rating."""
    word = Preference(
        content_hash=marks.content_hash,
        rating=max(1, marks.stars) if marks.stars else _WORTH[marks.choice],  # -1 is a reject
        favorite=marks.favorite or None,
        source=MARKS,
        stated_at=marks.decided_at,
        choice=_choice_of(marks),
    )
    return word if is_statement(word) else None


def _choice_of(marks: Decision) -> Choice | None:
    """What speaks where no stars do."""
    if marks.stars:
        return Choice.REJECT if marks.stars < 0 else None
    return None if marks.choice is Choice.NONE else marks.choice


def together(stated: Preference | None, marks: Marks | None) -> Preference:
    """One rating from those given by `prefer` and the decisions by hand."""
    if marks is None:
        assert stated is not None
        return stated
    decided = marks.decision
    own = from_marks(decided) or Preference(content_hash=decided.content_hash, source=MARKS)
    if stated is None:
        return own
    if _is_cleared(stated, marks):
        stated = replace(stated, rating=None, choice=None)
    is_later = _is_later(marks.starred_at if decided.stars else marks.chosen_at, stated)
    is_weighed = decided.stars or (stated.choice and own.choice)
    rates = stated.rating is None or (is_later and is_weighed)
    favors = marks.favored_at and (stated.favorite is None or _is_later(marks.favored_at, stated))
    return replace(
        stated,
        rating=(own.rating or stated.rating) if rates else stated.rating,
        favorite=decided.favorite if favors else stated.favorite,
        source=own.source if rates and own.rating else stated.source,
        choice=own.choice if rates and own.rating else stated.choice,
    )


def _is_cleared(stated: Preference, marks: Marks) -> bool:
    """The pick or reject that was read is older than a decision for neither."""
    is_neither = marks.decision.choice is Choice.NONE
    return stated.choice is not None and is_neither and _is_later(marks.chosen_at, stated)


def _is_later(moment: datetime | None, stated: Preference) -> bool:
    return moment is not None and (stated.stated_at is None or moment > stated.stated_at)


def taken_back(stated: Preference) -> Preference:
    """What voids the pick or reject that was read; it leaves all else as it was, and as old."""
    return replace(stated, rating=None, favorite=None, choice=Choice.NONE)


def completed(stated: Preference | None, word: Preference) -> Preference | None:
    """A rating read before with the pick or reject beside it, which is found only now.

    Earlier releases kept the rating alone. It is as old as it was; None where nothing is missing.
    """
    if stated is None or stated.source != MARKS or stated.choice or not word.choice:
        return None
    is_same = stated.rating == word.rating
    return replace(stated, favorite=None, choice=word.choice) if is_same else None


def is_statement(word: Preference) -> bool:
    """Whether anything can be learnt from it."""
    return bool(word.rating or word.favorite)


def is_loved(*, stars: int | None, favorite: bool | None) -> bool:
    """Four or five stars, or a favourite."""
    return bool(favorite) or (stars or 0) >= _LOVED


def latest_first(word: Preference) -> tuple[float, str]:
    """The key to sort ratings by."""
    return (-(word.stated_at or _NEVER).timestamp(), word.content_hash)
