"""The gallery's filters and order, from and to query parameters."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, cast
from urllib.parse import parse_qsl, unquote, urlencode

from fastapi import Depends, Query, Request
from pydantic import AfterValidator
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from aesplugin.catalog.filters import (
    MOST_MS,
    SORTINGS,
    Filters,
    Kinds,
    Order,
    Shown,
    Sorting,
    sorting_of,
)
from aesplugin.web.languages.language import ENGLISH, Language, chosen
from aesplugin.web.schemas import UserName, Words

USER_COOKIE = "aes_user"
USER_HEADER = "x-aes-user"
LANGUAGE_COOKIE = "aes_language"
LANGUAGE_HEADER = "x-aes-language"
DEFAULT_USER = "me"
_NAMES = (
    "shown", "kind", "choice", "stars", "favorite", "camera", "folder", "taken_from", "taken_to",
    "score_min", "score_max", "as_of", "scored_by", "q",
)  # fmt: skip

_MOST = {"stars": 5, "as_of": 2**62, "scored_by": MOST_MS}
_OWN_WORD = ("stars", "favorite")

_DEFAULTS = {"shown": Shown.ASSESSED, "kind": Kinds.PHOTOS}  # left out of addresses


def strict_filters(  # noqa: PLR0913 - one parameter per filter
    *,
    user: UserName = DEFAULT_USER,
    shown: Shown = Shown.ASSESSED,
    kind: Kinds = Kinds.ALL,
    choice: Annotated[str | None, Query(pattern="^(pick|reject|none)$")] = None,
    stars: Annotated[int | None, Query(ge=0, le=5, description="at least this many")] = None,
    favorite: bool | None = None,
    camera: Annotated[str | None, Query(max_length=200)] = None,
    folder: Annotated[str | None, Query(max_length=4096)] = None,
    taken_from: date | None = None,
    taken_to: date | None = None,
    score_min: Annotated[float | None, Query(ge=1, le=10)] = None,
    score_max: Annotated[float | None, Query(ge=1, le=10)] = None,
    q: Annotated[Words | None, Query(description="words to search for, see docs/find.md")] = None,
) -> Filters:
    """The API's filters: a wrong value is refused."""
    return Filters(
        user=user,
        shown=shown,
        kind=kind,
        choice=choice,
        stars=stars,
        favorite=favorite,
        camera=camera,
        folder=folder,
        taken_from=taken_from,
        taken_to=taken_to,
        score_min=score_min,
        score_max=score_max,
        q=q.strip() if q and q.strip() else None,
    )


def default_order(filters: Filters) -> Order:
    """By what photos are sorted where nobody said."""
    return Order.MATCH if filters.q else Order.SCORE


StrictFilters = Annotated[Filters, Depends(strict_filters)]
OrderText = Annotated[
    str,
    Query(
        description="by score, time, taste, match, or a measured value",
        json_schema_extra={"enum": [one.value for one in SORTINGS]},
    ),
    AfterValidator(lambda text: sorting_of(text).value),
]


def current_user(request: Request) -> str:
    """The profile that this tab has chosen, else the one that this browser chose last."""
    name = request.headers.get(USER_HEADER) or request.cookies.get(USER_COOKIE, "")
    name = name.strip()
    try:  # cookies hold no umlauts: the page sends them percent-encoded
        name = unquote(name, errors="strict")
    except UnicodeDecodeError:
        return DEFAULT_USER
    return name if name.isprintable() and 0 < len(name) <= 200 else DEFAULT_USER


def known_languages(request: Request) -> Mapping[str, Language]:
    """The languages of the page, by their code."""
    return cast(Mapping[str, Language], request.app.state.languages)


def current_language(request: Request) -> Language:
    """The language that was chosen on the page, else the browser's."""
    cookie = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen(known_languages(request), cookie, request.headers.get("accept-language", ""))


def asked_language(request: Request) -> Language:
    """The language that the page's scripts ask the API for; programs that name none get English."""
    code = request.headers.get(LANGUAGE_HEADER) or request.query_params.get("language", "")
    return known_languages(request).get(code, ENGLISH)


def refusals_in(known: Mapping[str, Language]) -> Callable[[Headers, str], str]:
    """Puts what is said before a route is found into the language of the page that asks."""

    def said(headers: Headers, text: str) -> str:
        language = known.get(headers.get(LANGUAGE_HEADER, ""), ENGLISH)
        if "text/html" in headers.get("accept", ""):
            cookie = cookie_parser(headers.get("cookie", "")).get(LANGUAGE_COOKIE, "")
            language = chosen(known, cookie, headers.get("accept-language", ""))
        return language.phrase(text)

    return said


def lenient_filters(request: Request) -> Filters:
    """The page's filters: a wrong value in an address is ignored; photos only, unless asked.

    What a person picked, rejected, starred or loved is shown whatever the model takes it for.
    """
    return filters_from(request.query_params, current_user(request))


def filters_from(given: Mapping[str, str], user: str) -> Filters:
    """The same from the parameters of any address."""
    decided = given.get("choice") in ("pick", "reject") or any(map(given.get, _OWN_WORD))
    kind = kinds_of(given.get("kind") or (Kinds.ALL if decided else ""))
    found = Filters(user=user, kind=kind)
    for name in _NAMES:
        if name != "kind" and (raw := given.get(name, "").strip()):
            found = _with(found, name, raw)
    return found


def _with(filters: Filters, name: str, raw: str) -> Filters:
    try:
        value: object = raw
        if name == "shown":
            value = Shown(raw)
        elif name in _MOST:
            value = min(_MOST[name], max(0, int(raw)))
        elif name == "favorite":
            value = raw in ("1", "true", "on")
        elif name.startswith("taken_"):
            value = date.fromisoformat(raw)
        elif name.startswith("score_"):
            value = min(10.0, max(1.0, float(raw)))
            if value != value:  # NaN
                return filters
        elif name == "choice" and raw not in ("pick", "reject", "none"):
            return filters
    except ValueError:
        return filters
    return replace(filters, **{name: value})  # type: ignore[arg-type]


def kinds_of(raw: str) -> Kinds:
    """Which kinds of picture the page shows: photos, unless others are asked for."""
    try:
        return Kinds(raw)
    except ValueError:
        return Kinds.PHOTOS


def order_of(request: Request, filters: Filters) -> Sorting:
    """By what the page is sorted; there is no order by match where nothing is searched for."""
    return order_from(request.query_params, filters)


def order_from(given: Mapping[str, str], filters: Filters) -> Sorting:
    """The same from the parameters of any address."""
    try:
        order = sorting_of(given.get("order", ""))
    except ValueError:
        return default_order(filters)
    return default_order(filters) if order is Order.MATCH else order


def as_query(filters: Filters, order: Sorting) -> str:
    """The address of the same gallery."""
    values = {name: getattr(filters, name) for name in _NAMES}
    plain = {
        name: "1" if value is True else "0" if value is False else str(value)
        for name, value in values.items()
        if value is not None and value is not _DEFAULTS.get(name)
    }
    if order is not default_order(filters):
        plain["order"] = order.value
    return urlencode(plain, errors="replace")


def lasting_query(query: str) -> str:
    """The address of a gallery without the moment as of which decisions or scores count."""
    given = dict(parse_qsl(query, errors="replace"))
    filters = replace(filters_from(given, DEFAULT_USER), as_of=None, scored_by=None)
    return as_query(filters, order_from(given, filters))
