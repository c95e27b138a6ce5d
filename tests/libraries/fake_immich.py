"""A small Immich: the part of its published API that the library uses, over real HTTP."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "immich-key"


@dataclass
class FakeImmich:
    """Assets by id, and every request that was made."""

    assets: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)  # value → id
    tagged: list[tuple[str, str]] = field(default_factory=list)
    stacks: list[list[str]] = field(default_factory=list)
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    port: int = 0
    page_size: int = 1000

    def add(self, path: str, **values: Any) -> str:
        key = f"00000000-0000-4000-8000-{len(self.assets):012}"
        rating = values.pop("rating", None)
        self.assets[key] = {
            "id": key, "originalPath": path, "isFavorite": False,
            "exifInfo": {"rating": rating}, **values,
        }  # fmt: skip
        return key

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:  # noqa: C901 - one line a route
        self.requests.append((method, path, body))
        if path == "/api/users/me":
            return 200, {"id": "me"}
        if path == "/api/server/version":
            return 200, {"major": 2, "minor": 5, "patch": 6}
        if (method, path) == ("POST", "/api/search/metadata"):
            part = body["originalPath"]
            items = [a for a in self.assets.values() if part in a["originalPath"]]
            if body.get("withStacked"):
                items = [self._with_stack(asset) for asset in items]
            return 200, {"assets": self._page(items, body)}
        if (method, path) == ("PUT", "/api/assets"):
            return self._update(body)
        if (method, path) == ("PUT", "/api/tags"):
            for tag in body["tags"]:
                self.tags.setdefault(tag, f"tag-{len(self.tags)}")
            return 200, [{"id": self.tags[t], "value": t, "name": t} for t in body["tags"]]
        if (method, path) == ("PUT", "/api/tags/assets"):
            pairs = [(t, a) for t in body["tagIds"] for a in body["assetIds"]]
            self.tagged += [pair for pair in pairs if pair not in self.tagged]
            return 200, {"count": len(body["assetIds"])}
        if method == "DELETE" and path.startswith("/api/tags/"):
            tag = path.split("/")[3]
            self.tagged = [(t, a) for t, a in self.tagged if t != tag or a not in body["ids"]]
            return 200, [{"id": key, "success": True} for key in body["ids"]]
        if (method, path) == ("POST", "/api/stacks"):
            return self._stack(body["assetIds"])
        if method == "GET" and path.startswith("/api/assets/"):
            found = self.assets.get(path.rpartition("/")[2])
            return (200, self._shown(found)) if found else (404, {"message": "not found"})
        return 404, {"message": f"no {method} {path}"}

    def _page(self, items: list[dict[str, Any]], body: Any) -> dict[str, Any]:
        """A page of a search, as the server gives it: its number as text, none after the last."""
        page, size = body.get("page", 1), min(body["size"], self.page_size)
        shown = items[(page - 1) * size : page * size]
        more = str(page + 1) if page * size < len(items) else None
        return {"items": shown, "total": len(shown), "nextPage": more}

    def _shown(self, asset: dict[str, Any]) -> dict[str, Any]:
        """An asset as it is shown alone."""
        tags = [
            {"id": tag, "value": value, "name": value.rpartition("/")[2]}
            for value, tag in self.tags.items()
            if (tag, asset["id"]) in self.tagged
        ]
        return self._with_stack(asset) | {"tags": tags}

    def _with_stack(self, asset: dict[str, Any]) -> dict[str, Any]:
        """The search leaves the stack out unless asked."""
        place = next((n for n, keys in enumerate(self.stacks) if asset["id"] in keys), None)
        if place is None:
            return asset | {"stack": None}
        keys = self.stacks[place]
        stack = {"id": f"stack-{place}", "primaryAssetId": keys[0], "assetCount": len(keys)}
        return asset | {"stack": stack}

    def _stack(self, keys: list[str]) -> tuple[int, Any]:
        """Takes the members out of the stacks they stood in, as the server does."""
        if len(keys) < 2:
            return 400, {"message": "at least 2"}
        others = ([key for key in stack if key not in keys] for stack in self.stacks)
        self.stacks = [stack for stack in others if len(stack) > 1] + [keys]
        return 201, {"id": f"stack-{len(self.stacks) - 1}", "primaryAssetId": keys[0]}

    def _update(self, body: dict[str, Any]) -> tuple[int, Any]:
        rating = body.get("rating")
        if "rating" in body and rating is not None and rating not in (-1, 1, 2, 3, 4, 5):
            return 400, {"message": "rating must not be 0"}
        for key in body["ids"]:
            if "rating" in body:
                self.assets[key]["exifInfo"]["rating"] = rating
            if "isFavorite" in body:
                self.assets[key]["isFavorite"] = body["isFavorite"]
        return 204, None


def serve(immich: FakeImmich) -> ThreadingHTTPServer:
    """Starts it on a free port; the caller shuts it down."""

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, said = (401, {"message": "Invalid API key"})
            if self.headers.get("x-api-key") == KEY:
                status, said = immich.answer(self.command, self.path, body)
            data = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = handle_one  # noqa: N815 - http.server's names

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    immich.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
