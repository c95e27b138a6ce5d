"""Immich through its HTTP API: find by path, give stars, favourites, tags and stacks.

Rules of that API: the key goes into the header ``x-api-key``; stars are null where there are none,
never 0; many assets are changed with one request; a path is the container's, not the host's.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Self
from urllib.parse import urlsplit

from aesplugin.errors import LibraryError
from aesplugin.libraries.base import Item, PrefixMap, Wish
from aesplugin.libraries.http import JsonClient

_PORTION = 500  # assets in one request


class ImmichLibrary:
    """One person's library on one Immich server."""

    title = "Immich"

    @classmethod
    def connect(cls, place: str, *, prefixes: PrefixMap) -> Self:
        """The server at an address; its key is in AES_IMMICH_KEY."""
        return cls(place, os.environ.get("AES_IMMICH_KEY", ""), prefixes=prefixes)

    def __init__(
        self, url: str, key: str, *, prefixes: PrefixMap | None = None, seconds: float = 30.0
    ) -> None:
        """`url` with or without ``/api``.

        Raises:
            LibraryError: no usable address or key.
        """
        if not _is_address(url):
            raise LibraryError(f"{url!r} is no address of an Immich server: http://host:2283")
        if not key.strip() or not key.isascii() or not key.isprintable():
            raise LibraryError("Immich needs an API key: account settings, API keys")
        base = url.rstrip("/").removesuffix("/api") + "/api"
        self._client = JsonClient(base, {"x-api-key": key.strip()}, "Immich", seconds)
        self._prefixes = prefixes or PrefixMap()

    def check(self) -> str:
        """The server's version.

        Raises:
            LibraryError: it does not answer, or refuses the key.
        """
        self._client.ask("GET", "/users/me")
        version = self._client.ask("GET", "/server/version")
        return ".".join(str(version.get(part, "?")) for part in ("major", "minor", "patch"))

    def find(self, paths: Sequence[str]) -> Mapping[str, Item]:
        """One request a path: the API knows no list of paths."""
        found = {}
        for path in paths:
            item = self._find_one(path)
            if item is not None:
                found[path] = item
        return found

    def path_of(self, asset_id: str) -> str:
        """The file of an asset as this machine sees it: for webhooks that name assets.

        Raises:
            LibraryError: there is no such asset.
        """
        return self._prefixes.here(str(self._asset(asset_id).get("originalPath", "")))

    def tell(self, wishes: Mapping[str, Wish]) -> int:
        """Equal wishes go together: five requests for 10,000 photos rated 1 to 5."""
        same: dict[tuple[str, Any], list[str]] = {}
        for key, wish in wishes.items():
            if wish.stars:
                same.setdefault(("rating", wish.stars), []).append(key)
            if wish.favorite is not None:
                same.setdefault(("isFavorite", wish.favorite), []).append(key)
        for (field, value), keys in same.items():
            for start in range(0, len(keys), _PORTION):
                body = {"ids": keys[start : start + _PORTION], field: value}
                self._client.ask("PUT", "/assets", body)
        self._tag(wishes)
        self._untag(wishes)
        return sum(1 for w in wishes.values() if w.stars or w.favorite is not None or w.tags)

    def stacked(self, keys: Sequence[str]) -> set[str]:
        """One request an asset: the search says nothing of stacks unless asked, an asset does."""
        return {key for key in keys if self._asset(key).get("stack")}

    def stack(self, keys: Sequence[str]) -> None:
        """The first becomes the one on top."""
        if len(keys) > 1:
            self._client.ask("POST", "/stacks", {"assetIds": list(keys)})

    def _tag(self, wishes: Mapping[str, Wish]) -> None:
        by_tag: dict[str, list[str]] = {}
        for key, wish in wishes.items():
            for tag in wish.tags:
                by_tag.setdefault(tag, []).append(key)
        if not by_tag:
            return
        made = self._client.ask("PUT", "/tags", {"tags": sorted(by_tag)})
        for tag in made if isinstance(made, list) else []:
            keys = by_tag.get(str(tag.get("value")), [])
            for start in range(0, len(keys), _PORTION):
                body = {"tagIds": [tag["id"]], "assetIds": keys[start : start + _PORTION]}
                self._client.ask("PUT", "/tags/assets", body)

    def _untag(self, wishes: Mapping[str, Wish]) -> None:
        """One request an asset to see its tags, and one a tag that no longer holds."""
        stale: dict[str, list[str]] = {}
        for key, wish in wishes.items():
            tags = self._asset(key).get("tags") or [] if wish.tag_beginnings else []
            for tag in tags:
                value = str(tag.get("value"))
                if value.startswith(wish.tag_beginnings) and value not in wish.tags:
                    stale.setdefault(str(tag["id"]), []).append(key)
        for tag_id, keys in stale.items():
            for start in range(0, len(keys), _PORTION):
                body = {"ids": keys[start : start + _PORTION]}
                self._client.ask("DELETE", f"/tags/{tag_id}/assets", body)

    def _asset(self, asset_id: str) -> Any:
        if not asset_id.replace("-", "").isalnum():
            raise LibraryError(f"{asset_id!r} is no asset of Immich")
        return self._client.ask("GET", f"/assets/{asset_id}")

    def _find_one(self, path: str) -> Item | None:
        there = self._prefixes.there(path)
        answer = self._client.ask(
            "POST", "/search/metadata", {"originalPath": there, "withExif": True, "size": 100}
        )
        items = answer.get("assets", {}).get("items", [])
        # The search matches parts of paths: only the very same one is ours.
        exact = [asset for asset in items if asset.get("originalPath") == there]
        if not exact:
            return None
        asset = exact[0]
        rating = (asset.get("exifInfo") or {}).get("rating")
        return Item(
            key=str(asset["id"]),
            path=path,
            stars=rating or None,
            favorite=bool(asset.get("isFavorite")),
        )


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half an IPv6 address, a port out of range
        return False
