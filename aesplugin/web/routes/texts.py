"""The texts of the page's scripts and styles in one language, as files: its policy allows no other.

English texts stand in the scripts and styles themselves.
"""

import json

from fastapi import APIRouter, Request
from fastapi.responses import Response

from aesplugin.errors import UsageError
from aesplugin.web.languages.language import Language
from aesplugin.web.query import known_languages

router = APIRouter(include_in_schema=False)


@router.get("/texts/{code}.js")
def script(request: Request, code: str) -> Response:
    """`window.aesTexts`: the texts by the English ones, and which form of a plural a number takes.

    Raises:
        UsageError: the page has no such language.
    """
    language = _language(request, code)
    texts = json.dumps(language.for_scripts(), ensure_ascii=False)
    made = f"window.aesTexts = {{ texts: {texts}, form: (n) => Number({language.plural_rule}) }};\n"
    return Response(made, media_type="text/javascript")


@router.get("/texts/{code}.css")
def style(request: Request, code: str) -> Response:
    """What styles write on photos.

    Raises:
        UsageError: the page has no such language.
    """
    gettext = _language(request, code).texts.gettext
    texts = {"picked": gettext("picked"), "rejected": gettext("rejected"), "held": gettext("held")}
    quoted = {name: json.dumps(text, ensure_ascii=False) for name, text in texts.items()}
    rules = (f"--text-{name}: {text};" for name, text in quoted.items())
    return Response(f":root {{ {' '.join(rules)} }}\n", media_type="text/css")


def _language(request: Request, code: str) -> Language:
    language = known_languages(request).get(code)
    if language is None:
        raise UsageError(f"the page is not translated into {code[:20]!r}")
    return language
