"""What kind of server it is, whether it has the model, and what it can do: asked once.

A kind is told by what the server says of itself; what it can do is tried with a real, tiny
picture, because several servers accept a request for probabilities and return none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from typing import Any, Final
from urllib.parse import quote

from aesplugin.errors import ModelAway, ModelError
from aesplugin.models.server.card import Facts
from aesplugin.models.server.client import ServerBroke, ServerClient, ServerRefused
from aesplugin.models.server.dialects import DIALECTS, OTHER, Question
from aesplugin.models.vlm.dialogue import COMMENT
from aesplugin.models.wording.level_questions import NUMBER_QUESTION, WORDINGS
from aesplugin.models.wording.level_words import LEVEL_WORDS

_OWNERS: Final = {"vllm": "vllm", "sglang": "sglang", "llamacpp": "llama.cpp"}
_SIDE: Final = 64  # px of the tiny picture
_FEW: Final = 8  # names in a message
_TALK: Final = 24  # tokens
_ATTEMPTS: Final = 3  # by chance a server breaks once


@dataclass(frozen=True, slots=True)
class _Found:
    """A server's kind, the names of its models, and what it tells of ours."""

    kind: str
    names: list[str]
    weights: str = ""
    sees: bool | None = None  # None: it does not tell


@cache
def tiny_picture() -> bytes:
    """A small JPEG with light, colour and an edge."""
    from PIL import Image

    grey = Image.linear_gradient("L").resize((_SIDE, _SIDE))
    picture = Image.merge("RGB", (grey, grey.rotate(90), grey.rotate(180)))
    data = BytesIO()
    picture.save(data, "JPEG", quality=90)
    return data.getvalue()


def tiny_question(facts: Facts) -> Question:
    """What every picture is asked, of the tiny one: whether the server answers at all."""
    if not facts.is_read:
        return Question(text=NUMBER_QUESTION, jpeg=tiny_picture(), longest=_TALK)
    (text, opening), *_ = WORDINGS["plain"]
    ids = facts.token_ids
    return Question(text=text, jpeg=tiny_picture(), opening=opening, is_read=True, token_ids=ids)


def probe(client: ServerClient, model: str) -> Facts:
    """Finds out all there is to know before the first photo.

    Raises:
        ModelAway: the server does not answer.
        ModelError: it has no such model, or one that sees no pictures; or it is no such server.
    """
    found = _identify(client, model)
    if found.sees is False:
        raise _blind(client, model, "it says so itself")
    ids = _token_ids(client, model) if found.kind == "vllm" else ()
    facts = Facts(
        kind=found.kind, model=model, weights=found.weights,
        is_read=True, talks=False, token_ids=ids,
    )  # fmt: skip
    is_read = _gives_probabilities(client, facts)
    if not is_read and ids:  # a release between those that ignore the field and those that take it
        facts = replace(facts, token_ids=())
        is_read = _gives_probabilities(client, facts)
    if not is_read:
        facts = replace(facts, is_read=False, token_ids=())
        _check_says_something(client, facts)
    return replace(facts, talks=_talks(client, facts))


def is_same(client: ServerClient, facts: Facts) -> bool:
    """Whether it is still this kind of server with these weights; asked without a picture.

    Raises:
        ModelAway, ModelError: as `probe`.
    """
    found = _identify(client, facts.model)
    return (found.kind, found.weights) == (facts.kind, facts.weights)


def _identify(client: ServerClient, model: str) -> _Found:
    try:
        listed = _rows(client.ask("/v1/models"), "data")
    except ServerRefused:
        listed = None
    owners = {str(row.get("owned_by", "")).lower() for row in listed or []}
    kind = next((_OWNERS[owner] for owner in sorted(owners) if owner in _OWNERS), None)
    if kind is None and (found := _ollama(client, model)):
        return found
    if listed is None:
        raise ModelError(
            f"{client.where} lists no models at /v1/models: check `server_url`, its port above all"
        )
    names = [str(row["id"]) for row in listed if "id" in row]
    _require(client, model, names)
    row = next(row for row in listed if str(row.get("id")) == model)
    if kind == "sglang":
        return _sglang(client, names, row)
    if kind == "llama.cpp":
        return _llama_cpp(client, model, names)
    return _Found(kind or OTHER, names, _weights_in(str(row.get("root") or ""), model))


def _sglang(client: ServerClient, names: list[str], row: dict[str, Any]) -> _Found:
    told = _object(client, "/get_model_info")
    sees = told.get("has_image_understanding")
    version = str(told.get("weight_version") or "")
    weights = _weights_in(str(told.get("model_path") or row.get("root") or ""), names[0])
    if version not in ("", "default"):
        weights = "-".join(part for part in (weights, _slug(version)) if part)
    return _Found("sglang", names, weights, sees if isinstance(sees, bool) else None)


def _llama_cpp(client: ServerClient, model: str, names: list[str]) -> _Found:
    props = _object(client, f"/props?model={quote(model, safe='')}")
    modalities = props.get("modalities")
    sees = modalities.get("vision") if isinstance(modalities, dict) else None
    path = str(props.get("model_path") or model)
    return _Found(
        "llama.cpp", names, _weights_in(path, model), sees if isinstance(sees, bool) else None
    )


def _ollama(client: ServerClient, model: str) -> _Found | None:
    """None where it is none: others answer its address with something else, or not at all."""
    try:
        rows = _rows(client.ask("/api/tags"), "models")
    except ModelAway:
        raise
    except ModelError:
        return None
    if rows is None:
        return None
    names = [str(row["name"]) for row in rows if "name" in row]
    _require(client, model, [*names, *(name.removesuffix(":latest") for name in names)], names)
    row = next(one for one in rows if one.get("name") in (model, f"{model}:latest"))
    told = _object(client, "/api/show", {"model": model})
    details = told.get("details") if isinstance(told.get("details"), dict) else row.get("details")
    level = details.get("quantization_level") if isinstance(details, dict) else None
    parts = [_slug(str(level or "")), str(row.get("digest") or "").removeprefix("sha256:")[:8]]
    can = told.get("capabilities")
    sees = "vision" in can if isinstance(can, list) else None
    return _Found("ollama", names, "-".join(part for part in parts if part), sees)


def _require(
    client: ServerClient, model: str, accepted: Iterable[str], names: list[str] | None = None
) -> None:
    shown = list(accepted) if names is None else names
    if model in accepted:
        return
    there = ", ".join(client.clean(name) for name in shown[:_FEW]) or "none at all"
    more = f" and {len(shown) - _FEW} more" if len(shown) > _FEW else ""
    raise ModelError(f"{client.where} has no model {model!r}; it has: {there}{more}")


def _object(client: ServerClient, path: str, body: object = None) -> dict[str, Any]:
    """What is told there; nothing where it is not told."""
    try:
        found = client.ask(path, body)
    except (ModelAway, ServerBroke):
        raise  # asked again later: what it does not tell today would be another revision
    except ModelError:
        return {}
    return found if isinstance(found, dict) else {}


def _rows(answer: Any, name: str) -> list[dict[str, Any]] | None:
    rows = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        return None
    return [row for row in rows if isinstance(row, dict)]


def _token_ids(client: ServerClient, model: str) -> tuple[int, ...]:
    """Of each level word, after a space and at a beginning; none unless each is one token."""
    ids: list[int] = []
    for lead in (" ", ""):
        for word in LEVEL_WORDS:
            asked = {"model": model, "prompt": f"{lead}{word}", "add_special_tokens": False}
            tokens = _object(client, "/tokenize", asked).get("tokens")
            if not isinstance(tokens, list) or len(tokens) != 1 or not isinstance(tokens[0], int):
                return ()
            ids += tokens
    return tuple(dict.fromkeys(ids)) if len(set(ids)) >= len(LEVEL_WORDS) else ()


def _gives_probabilities(client: ServerClient, facts: Facts) -> bool:
    """False where it refuses, or breaks each time it is asked: said is tried next, and who takes no
    picture refuses that as well."""
    dialect = DIALECTS[facts.kind]
    for _ in range(_ATTEMPTS):
        try:
            answer = client.ask(dialect.path, dialect.body(facts.model, tiny_question(facts)))
            return bool(dialect.alternatives(answer))
        except ServerRefused:
            return False
        except ServerBroke as error:
            if error.is_slow:
                raise
    return False


def _check_says_something(client: ServerClient, facts: Facts) -> None:
    dialect = DIALECTS[facts.kind]
    try:
        answer = client.ask(dialect.path, dialect.body(facts.model, tiny_question(facts)))
    except (ServerRefused, ServerBroke) as error:
        raise _blind(client, facts.model, error.reason) from None
    if not dialect.text(answer).strip():
        raise _blind(client, facts.model, "it answers a picture with nothing")


def _talks(client: ServerClient, facts: Facts) -> bool:
    dialect = DIALECTS[facts.kind]
    question = Question(text=COMMENT, jpeg=tiny_picture(), longest=_TALK)
    try:
        said = dialect.text(client.ask(dialect.path, dialect.body(facts.model, question)))
    except (ServerRefused, ServerBroke):
        return False
    return len(said.split()) > 2


def _blind(client: ServerClient, model: str, why: str) -> ModelError:
    return ModelError(
        f"{client.where} takes no picture for {model} ({why}): choose a model that sees pictures,"
        " and start it with its vision part (llama.cpp: --mmproj)"
    )


def _weights_in(path: str, model: str) -> str:
    """The last part of a path that is not the model's own name, and so tells more of it."""
    named = re.split(r"[/\\]", path.rstrip("/\\"))[-1]
    return "" if named == re.split(r"[/\\]", model)[-1] else _slug(named.removesuffix(".gguf"))


def _slug(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-")[:40]
