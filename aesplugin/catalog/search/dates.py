"""When a photo was taken, in words: those that are searched, and those that a person may type.

Only the day of the camera's clock tells. Seasons are those of the northern half of the earth, by
whole months; Christmas is 24 to 26 December.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

TAKEN = "¤"
"""Begins the day in what is searched; no word that is typed holds it."""

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_SEASONS = ("winter", "spring", "summer", "autumn")
_SEASON_OF = {"fall": "autumn"} | {name: name for name in _SEASONS}
_CHRISTMAS = ((12, 24), (12, 25), (12, 26))
_LONGEST = 3  # words of one date
_YEAR = re.compile(r"(1[89]|20)\d\d")
_DAY = re.compile(r"0?[1-9]|[12]\d|3[01]")
_BY_YEAR = re.compile(r"((?:1[89]|20)\d\d)[-.](\d{1,2})(?:[-.](\d{1,2}))?")
_BY_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.((?:1[89]|20)\d\d)")

Words = tuple[str, ...]


@lru_cache(maxsize=1024)
def date_words(day: date) -> list[Words]:
    """The sequences of words of a photo that was taken on this day."""
    month, number, year = _MONTHS[day.month - 1], str(day.day), f"{day.year:04}"
    found: list[Words] = [
        _exactly(day),
        (number, month, year),
        (month, number, year),
        (_WEEKDAYS[day.weekday()],),
        (_season(day),),
    ]
    found += [("fall",)] if _season(day) == "autumn" else []
    return found + ([("christmas",)] if (day.month, day.day) in _CHRISTMAS else [])


def read_date(typed: Sequence[str], today: date) -> tuple[int, list[Words]]:
    """How many of the first words name a time, and the sequences of which one has to be there.

    0 where they name none, or where a single one is searched for as it is ("may", "monday").
    """
    words = [word.lower() for word in typed[:_LONGEST]]
    for count in range(len(words), 0, -1):
        if found := [*_read(words[:count], today)]:
            return count, found
    return 0, []


def _exactly(day: date) -> Words:
    return (TAKEN, f"{day.year:04}", f"{day.month:02}", f"{day.day:02}")


def _season(day: date) -> str:
    return _SEASONS[day.month % 12 // 3]


def _read(words: Sequence[str], today: date) -> Iterator[Words]:
    if len(words) == 1:
        yield from _numbers(words[0])
        yield from _days({"today": 0, "yesterday": 1}.get(words[0]), today)
        return
    if len(words) == 2 and words[0] in ("this", "last"):
        yield from _relative(words[1], today, is_last=words[0] == "last")
    yield from _named(words)


def _numbers(word: str) -> Iterator[Words]:
    """2019-05-14, 2019-5, 14.5.2019."""
    if by_year := _BY_YEAR.fullmatch(word):
        year, month, day = by_year.groups()
    elif by_day := _BY_DAY.fullmatch(word):
        day, month, year = by_day.groups()
    else:
        return
    if 1 <= int(month) <= 12:
        yield _taken(year, int(month), day)


def _taken(year: str, month: int, day: str | None) -> Words:
    whole = (TAKEN, year, f"{month:02}")
    return whole if day is None else (*whole, f"{int(day):02}")


def _days(ago: int | None, today: date) -> Iterator[Words]:
    if ago is not None:
        yield _exactly(today - timedelta(days=ago))


def _named(words: Sequence[str]) -> Iterator[Words]:
    """14 may, may 14, may 2019, 14 may 2019, may 14 2019."""
    months = [word for word in words if _month(word)]
    years = [word for word in words if _YEAR.fullmatch(word)]
    days = [word for word in words if _DAY.fullmatch(word)]
    if len(months) != 1 or len(days) > 1 or len(years) > 1 or len(words) == 1:
        return
    if len(words) != 1 + len(days) + len(years):
        return
    month = _month(months[0])
    if years:
        yield _taken(years[0], month, days[0] if days else None)
    else:
        yield (str(int(days[0])), _MONTHS[month - 1])


def _month(word: str) -> int:
    """Its number; 0 where it is none. May be shortened: "oct", "sept"."""
    if len(word) < 3:
        return 0
    return next((n for n, name in enumerate(_MONTHS, start=1) if name.startswith(word)), 0)


def _relative(word: str, today: date, *, is_last: bool) -> Iterator[Words]:
    """This or the last week, month, year, season, Christmas; the last Monday."""
    if word == "week":
        monday = today - timedelta(days=today.weekday() + (7 if is_last else 0))
        yield from (_exactly(monday + timedelta(days=n)) for n in range(7))
    elif word == "month":
        day = today.replace(day=1) - timedelta(days=1 if is_last else 0)
        yield _exactly(day)[:3]
    elif word == "year":
        yield (TAKEN, f"{today.year - (1 if is_last else 0):04}")
    elif word in _WEEKDAYS and is_last:
        back = (today.weekday() - _WEEKDAYS.index(word) - 1) % 7 + 1
        yield _exactly(today - timedelta(days=back))
    elif word == "christmas":
        over = is_last and today <= date(today.year, 12, 26)
        yield from (_exactly(date(today.year - over, *day)) for day in _CHRISTMAS)
    elif word in _SEASON_OF:
        yield from _season_months(_SEASON_OF[word], today, is_last=is_last)


def _season_months(season: str, today: date, *, is_last: bool) -> Iterator[Words]:
    """The months of the season that is not over yet, or, where `is_last`, of the last one over."""
    first = 12 if season == "winter" else 3 * _SEASONS.index(season)
    year = today.year if (today.year, today.month) >= (today.year, first) else today.year - 1
    if not is_last and season != "winter":
        year = today.year
    if is_last and today < _month_after(year, first, 3):
        year -= 1
    for ahead in range(3):
        yield _exactly(_month_after(year, first, ahead))[:3]


def _month_after(year: int, month: int, ahead: int) -> date:
    months = 12 * year + month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)
