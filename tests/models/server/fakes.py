"""Small servers that answer as vLLM, SGLang, llama.cpp, Ollama and others document it, over HTTP.

What a test wants to go wrong is a `Fault`, asked before each answer.
"""

import base64
import io
import json
import math
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

MODEL = "org/Seer-4B-Instruct"
SHARES = {"excellent": 0.15, "good": 0.4, "fair": 0.2, "poor": 0.1, "bad": 0.05}
"""Of the first token; the rest to 1 are other tokens."""
SCORE = 1 + 9 * (0.15 * 1 + 0.4 * 0.75 + 0.2 * 0.5 + 0.1 * 0.25) / 0.9
TALK = "The light is soft and the horizon level. The sky is empty."
IDS = {f"{lead}{word}": 100 + n for n, (lead, word) in enumerate(
    (lead, word) for lead in (" ", "") for word in SHARES
)}  # fmt: skip


@dataclass
class Reply:
    """What is sent; `cut` leaves out the end of the body."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


Fault = Callable[[str, Any], Reply | None]
"""Given a path and a request's body (None: a GET), the reply that is sent in place of the right."""


@dataclass
class FakeServer:
    """One server with one model."""

    kind: str = "vllm"
    model: str = MODEL
    key: str = ""
    lead: str = " "  # how a space is written in a token
    sees: bool = True
    has_logprobs: bool = True
    takes_logprobs: bool = True  # else it refuses the field
    talks: bool = True
    takes_token_ids: bool = True
    number: str = "7.5"
    shares: Callable[[bytes], dict[str, float]] = lambda _: SHARES
    fault: Fault = lambda _path, _body: None
    requests: list[tuple[str, Any]] = field(default_factory=list)
    port: int = 0
    most_at_once: int = 0
    scheme: str = "http"
    _running: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[Any]:
        """The chats about pictures, in their order."""
        return [body for path, body in self.requests if path.endswith(("completions", "/chat"))]

    def answer(self, path: str, body: Any, key: str) -> Reply:
        with self._lock:
            self.requests.append((path, body))
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
        try:
            if self.key and key != f"Bearer {self.key}":
                return Reply(401, {"error": f"wrong key, got {key}"})
            return self.fault(path, body) or self._answer(path.partition("?")[0], body)
        finally:
            with self._lock:
                self._running -= 1

    def _answer(self, path: str, body: Any) -> Reply:
        if path == "/v1/models":
            owner = {"llama.cpp": "llamacpp", "ollama": "library"}.get(self.kind, self.kind)
            row = {"id": self.model, "object": "model", "owned_by": owner}
            if self.kind in ("vllm", "sglang"):
                row["root"] = self.model
            return Reply(body={"object": "list", "data": [row]})
        if path == "/props" and self.kind == "llama.cpp":
            path = f"/models/{self.model.rpartition('/')[2]}-Q4_K_M.gguf"
            return Reply(body={"modalities": {"vision": self.sees}, "model_path": path})
        if path == "/get_model_info" and self.kind == "sglang":
            return Reply(body={"model_path": self.model, "has_image_understanding": self.sees})
        if path == "/tokenize" and self.kind == "vllm":
            return Reply(body={"tokens": [IDS.get(body["prompt"], 7)], "count": 1})
        if self.kind == "ollama":
            return self._ollama(path, body)
        if path == "/v1/chat/completions":
            return self._chat(body)
        if self.kind == "lmstudio":
            return Reply(body={"error": f"Unexpected endpoint or method. ({path})"})
        return Reply(404, {"detail": "Not Found"})

    def _ollama(self, path: str, body: Any) -> Reply:
        details = {"quantization_level": "Q4_K_M"}
        if path == "/api/tags":
            row = {"name": self.model, "digest": "0123456789abcdef", "details": details}
            return Reply(body={"models": [row]})
        if path == "/api/show":
            can = ["completion", *(["vision"] if self.sees else [])]
            return Reply(body={"details": details, "capabilities": can})
        if path != "/api/chat":
            return Reply(404, "404 page not found")
        first = body["messages"][0]
        (picture,) = first["images"]
        said: dict[str, Any] = {"model": self.model, "done": True}
        if body.get("logprobs") and self.has_logprobs:
            said["logprobs"] = [self._token(self._top(picture, body["top_logprobs"]))]
        said["message"] = {"role": "assistant", "content": self._text(first["content"])}
        return Reply(body=said)

    def _chat(self, body: Any) -> Reply:
        is_thinking = body.get("chat_template_kwargs") != {"enable_thinking": False}
        is_begun = body["messages"][-1]["role"] == "assistant"
        if self.kind == "llama.cpp" and is_begun and is_thinking:
            said = "Assistant response prefill is incompatible with enable_thinking."
            return Reply(400, {"error": {"code": 400, "message": said}})
        if not self.sees:
            return Reply(400, {"error": {"message": f"{self.model} is not a multimodal model"}})
        if body.get("logprobs") and not self.takes_logprobs:
            return Reply(422, {"detail": "Unexpected field: logprobs"})
        content = body["messages"][0]["content"]
        picture = content[0]["image_url"]["url"].removeprefix("data:image/jpeg;base64,")
        text = self._text(content[1]["text"])
        choice: dict[str, Any] = {"message": {"role": "assistant", "content": text}}
        choice["logprobs"] = None
        if body.get("logprobs") and self.has_logprobs:
            choice["logprobs"] = {"content": [self._token(self._alternatives(picture, body))]}
        return Reply(body={"object": "chat.completion", "choices": [choice]})

    def _alternatives(self, picture: str, body: Any) -> list[dict[str, Any]]:
        wanted = body.get("logprob_token_ids")
        if self.kind != "vllm" or not wanted or not self.takes_token_ids:
            return self._top(picture, body["top_logprobs"])
        texts = [text for text, number in IDS.items() if number in wanted]
        shares = self.shares(base64.b64decode(picture))
        found = {text: shares.get(text[1:], 0.0) if text[0] == " " else 0.0 for text in texts}
        return [_scored(text, share) for text, share in found.items()]

    def _top(self, picture: str, count: int) -> list[dict[str, Any]]:
        pixels = base64.b64decode(picture)
        Image.open(io.BytesIO(pixels)).load()
        assert count == 20
        words = {f"{self.lead}{word}": share for word, share in self.shares(pixels).items()}
        rest = (1 - sum(words.values())) / 15
        words |= {f"{self.lead}other{n}": rest for n in range(15)}
        return [_scored(text, share) for text, share in words.items()]

    def _token(self, top: list[dict[str, Any]]) -> dict[str, Any]:
        return {**max(top, key=lambda one: one["logprob"]), "top_logprobs": top}

    def _text(self, question: str) -> str:
        if "number" in question:
            return self.number
        if not self.talks:
            return "good"
        return "none" if "improved" in question else TALK


def _scored(text: str, share: float) -> dict[str, Any]:
    return {"token": text, "logprob": math.log(share) if share else -9999.0, "bytes": None}


@contextmanager
def running(fake: FakeServer, *, port: int = 0, pem: str = "") -> Iterator[FakeServer]:
    """Serves on loopback; with the PEM file of a certificate and its key by TLS."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            reply = fake.answer(self.path, body, self.headers.get("authorization", ""))
            data = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
            raw = data.encode()
            self.send_response(reply.status)
            for name, value in {"content-type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw[: len(raw) // 2] if reply.cut else raw)
            if reply.cut:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

        do_GET = do_POST = handle_one  # noqa: N815 - http.server's names

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        taken: list[socket.socket]

        def process_request(self, request: Any, client_address: Any) -> None:
            self.taken.append(request)
            super().process_request(request, client_address)

        def handle_error(self, *_: Any) -> None:
            """A client that hung up, or did not trust us."""

    server = Server(("127.0.0.1", port), Handler)
    server.taken = []
    if pem:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        fake.scheme = "https"
    fake.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        for connection in server.taken:  # as of a process that ends: none lives on
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
