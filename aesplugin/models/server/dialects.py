"""How each kind of server is asked about a photo, and where its answer stands.

What differs was read in the servers' own documentation and code: who continues an answer that was
begun, and how that is asked for; who returns a token's alternatives beside a picture.
"""

import math
from base64 import b64encode
from dataclasses import dataclass
from typing import Any, Final

from aesplugin.errors import ModelError
from aesplugin.models.server.readout import Alternatives

ALTERNATIVES: Final = 20  # the most that vLLM and Ollama give


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked about one picture.

    `opening` is the beginning of the answer, which the model goes on with; with `is_read` one
    token's alternatives are wanted, else at most `longest` tokens of text. `token_ids` are those
    of the level words, where the server can be asked for exactly these.
    """

    text: str
    jpeg: bytes
    opening: str = ""
    longest: int = 1
    is_read: bool = False
    token_ids: tuple[int, ...] = ()

    @property
    def base64(self) -> str:
        """The picture, as JSON can carry it."""
        return b64encode(self.jpeg).decode("ascii")


class Dialect:
    """OpenAI's chat completions, and nothing that only some servers know."""

    path = "/v1/chat/completions"

    def body(self, model: str, question: Question) -> dict[str, Any]:
        """The request."""
        picture = {"url": f"data:image/jpeg;base64,{question.base64}"}
        content = [
            {"type": "image_url", "image_url": picture},
            {"type": "text", "text": question.text},
        ]
        messages: list[dict[str, Any]] = [{"role": "user", "content": content}]
        if question.opening:
            messages.append({"role": "assistant", "content": question.opening})
        body: dict[str, Any] = {
            "model": model,
            "messages": messages,
            "max_tokens": question.longest,
            "temperature": 0,
            "stream": False,
        }
        if question.is_read:
            body |= {"logprobs": True, "top_logprobs": ALTERNATIVES}
        return body | self.extras(question)

    def extras(self, question: Question) -> dict[str, Any]:
        """What this kind of server needs beside it."""
        return {}

    def alternatives(self, answer: Any) -> Alternatives:
        """Of the first token; empty where the server gives none.

        Raises:
            ModelError: the answer is not understood.
        """
        found = _choice(answer).get("logprobs")
        content = found.get("content") if isinstance(found, dict) else None
        return _alternatives(content)

    def text(self, answer: Any) -> str:
        """What was said. Raises ModelError: the answer is not understood."""
        message = _choice(answer).get("message")
        said = message.get("content") if isinstance(message, dict) else None
        return said if isinstance(said, str) else ""


class _Vllm(Dialect):
    """An answer that was begun is continued on demand; some releases give chosen tokens."""

    def extras(self, question: Question) -> dict[str, Any]:
        extras: dict[str, Any] = {"chat_template_kwargs": {"enable_thinking": False}}
        if question.opening:
            extras |= {"continue_final_message": True, "add_generation_prompt": False}
        if question.is_read and question.token_ids:  # ignored by releases that do not know it
            extras["logprob_token_ids"] = list(question.token_ids)
        return extras


class _Sglang(Dialect):
    def extras(self, question: Question) -> dict[str, Any]:
        extras: dict[str, Any] = {"chat_template_kwargs": {"enable_thinking": False}}
        if question.opening:
            extras |= {"continue_final_message": True, "add_generation_prompt": False}
        return extras


class _LlamaCpp(Dialect):
    """Continues a last message of the assistant; refuses to where thinking is not switched off."""

    def extras(self, question: Question) -> dict[str, Any]:
        return {
            "chat_template_kwargs": {"enable_thinking": False},
            "cache_prompt": False,  # a cached prompt changes the last digits
        }


class _Ollama(Dialect):
    """Its own chat: /v1 would split text and picture into two messages."""

    path = "/api/chat"

    def body(self, model: str, question: Question) -> dict[str, Any]:
        messages: list[dict[str, Any]] = [
            {"role": "user", "content": question.text, "images": [question.base64]}
        ]
        if question.opening:
            messages.append({"role": "assistant", "content": question.opening})
        body: dict[str, Any] = {
            "model": model,
            "messages": messages,
            "stream": False,
            "think": False,
            "options": {"temperature": 0, "num_predict": question.longest},
        }
        if question.is_read:
            body |= {"logprobs": True, "top_logprobs": ALTERNATIVES}
        return body

    def alternatives(self, answer: Any) -> Alternatives:
        return _alternatives(_object(answer).get("logprobs"))

    def text(self, answer: Any) -> str:
        message = _object(answer).get("message")
        said = message.get("content") if isinstance(message, dict) else None
        return said if isinstance(said, str) else ""


OTHER: Final = "openai"
DIALECTS: Final[dict[str, Dialect]] = {
    "vllm": _Vllm(),
    "sglang": _Sglang(),
    "llama.cpp": _LlamaCpp(),
    "ollama": _Ollama(),
    OTHER: Dialect(),
}


def _choice(answer: Any) -> dict[str, Any]:
    choices = _object(answer).get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise ModelError("the server's answer has no `choices`: check `server_url`")
    return choices[0]


def _object(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise ModelError("the server's answer is not a JSON object: check `server_url`")
    return answer


def _alternatives(tokens: Any) -> Alternatives:
    """Of the first of `tokens`: itself, and what else it might have been.

    Nothing where only the token itself is told: one word alone would be a score of five steps.
    """
    if not isinstance(tokens, list) or not tokens:
        return []
    first = tokens[0]
    others = first.get("top_logprobs") if isinstance(first, dict) else None
    found = [first, *others] if isinstance(others, list) else [first]
    try:
        told = [(str(one["token"]), _logprob(one["logprob"])) for one in found]
    except (TypeError, KeyError, ValueError, OverflowError):
        raise ModelError("the server's probabilities are not understood") from None
    return told if len({token for token, _ in told}) > 1 else []


def _logprob(given: Any) -> float:
    """None and -9999 are how servers write minus infinity in JSON."""
    number = -math.inf if given is None else float(given)
    if math.isnan(number):
        raise ValueError
    return number
