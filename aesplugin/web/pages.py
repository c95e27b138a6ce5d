"""HTML from templates, with what every page needs."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from aesplugin import __version__
from aesplugin.paths import folder_of, name_of
from aesplugin.services.advice.reasons import margin, not_a_photo, own_reasons, what_it_shows
from aesplugin.services.faces import faces_line
from aesplugin.web.languages.language import Language
from aesplugin.web.languages.page_texts import PageTexts
from aesplugin.web.photo_details import face_boxes, face_crops, measured
from aesplugin.web.query import current_language, current_user, known_languages
from aesplugin.web.schemas import readable


def render(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The template with `values`, the person and the page's CSRF token."""
    desk = request.app.state.desk
    language = current_language(request)
    html = (
        _environment(language)
        .get_template(name)
        .render(
            request=request,
            language=language,
            languages=known_languages(request),
            user=current_user(request),
            csrf=desk.access.csrf,
            catalog=desk.mark,
            history=desk.review.history,
            model=desk.workshop.card.name,
            read_only=desk.workshop.catalog.read_only,
            has_files=desk.workshop.catalog.gallery.has_files,
            is_fragment="hx-request" in request.headers,
            **values,
        )
    )
    answer = HTMLResponse(html, status_code=status)
    answer.headers["vary"] = "HX-Request, Cookie, X-AES-User, Accept-Language"
    return answer


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("aesplugin.web"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "readable": readable,
        "name": lambda path: readable(name_of(path)),
        "folder": lambda path: readable(folder_of(path)),
        "quoted": lambda text: quote(text, safe="", errors="replace"),
        "words": lambda text: str(text).replace("_", " ").replace("color", "colour"),
        "tojson": lambda value: json.dumps(value),
    }
    functions: dict[str, Callable[..., Any]] = {
        "own_reasons": own_reasons,
        "not_a_photo": not_a_photo,
        "what_it_shows": what_it_shows,
        "margin": margin,
        "faces_line": faces_line,
        "face_boxes": face_boxes,
        "face_crops": face_crops,
        "measured": measured,
    }
    environment.filters |= functions
    texts = PageTexts(language)
    environment.filters |= texts.filters
    environment.globals |= texts.functions
    environment.globals["version"] = __version__
    environment.install_gettext_translations(language.texts, newstyle=True)  # type: ignore[attr-defined]
    return environment
