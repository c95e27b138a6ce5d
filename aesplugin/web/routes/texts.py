"""The texts of the page's scripts in one language, as a script: the page's policy allows no other.

English texts stand in the scripts themselves.
"""

import json

from fastapi import APIRouter, Request
from fastapi.responses import Response

from aesplugin.errors import UsageError
from aesplugin.web.query import known_languages

router = APIRouter(include_in_schema=False)


@router.get("/texts/{code}.js")
def texts(request: Request, code: str) -> Response:
    """`window.aesTexts`: the texts by the English ones, and which form of a plural a number takes.

    Raises:
        UsageError: the page has no such language.
    """
    language = known_languages(request).get(code)
    if language is None:
        raise UsageError(f"the page is not translated into {code[:20]!r}")
    made = json.dumps(language.for_scripts(), ensure_ascii=False)
    script = f"window.aesTexts = {{ texts: {made}, form: (n) => Number({language.plural_rule}) }};\n"
    return Response(script, media_type="text/javascript")
