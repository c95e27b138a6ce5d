"""Immich through its HTTP API: find by path, give stars, favourites, tags and stacks.

Rules of that API: the key goes into the header ``x-api-key``; stars are null where there are none,
never 0; many assets are changed with one request; a path is the container's, not the host's.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, Self
from urllib.parse import urlsplit

from aesplugin.errors import LibraryError
from aesplugin.libraries.base import Item, Library, PrefixMap, Update
from aesplugin.libraries.http import JsonClient

_PORTION: Final = 500  # assets in one request
_PAGE: Final = 1000  # assets in one answer of a search, at most
_FEW: Final = 4  # files of one folder that are searched one by one


class ImmichLibrary(Library):
    """One person's library on one Immich server."""

    title = "Immich"
    has_stars = has_favorites = has_tags = has_stacks = True

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
            raise LibraryError(
                f"{url!r} is not the address of an Immich server; write it as http://host:2283"
            )
        if not key.strip() or not key.isascii() or not key.isprintable():
            raise LibraryError(
                "Immich needs an API key in AES_IMMICH_KEY: create one in its account settings"
            )
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
        """By folder where many of its files are asked for: the API knows no list of paths."""
        wanted = {self._prefixes.there(path): path for path in paths}
        folders: dict[str, set[str]] = {}
        for there in wanted:
            folders.setdefault(there.rpartition("/")[0] + "/", set()).add(there)
        found: dict[str, Item] = {}
        for folder, files in folders.items():
            for asset in self._assets_in(folder, files):
                path = wanted[asset["originalPath"]]
                found.setdefault(path, _item(asset, path))
        return found

    def path_of(self, asset_id: str) -> str:
        """The file of an asset as this machine sees it: for webhooks that name assets.

        Raises:
            LibraryError: there is no such asset.
        """
        return self._prefixes.here(str(self._asset(asset_id).get("originalPath", "")))

    def update(self, updates: Mapping[str, Update]) -> int:
        """Equal updates go together: five requests for 10,000 photos rated 1 to 5."""
        same: dict[tuple[str, Any], list[str]] = {}
        for key, update in updates.items():
            if update.stars:
                same.setdefault(("rating", update.stars), []).append(key)
            if update.favorite is not None:
                same.setdefault(("isFavorite", update.favorite), []).append(key)
        for (field, value), keys in same.items():
            for start in range(0, len(keys), _PORTION):
                body = {"ids": keys[start : start + _PORTION], field: value}
                self._client.ask("PUT", "/assets", body)
        self._tag(updates)
        self._untag(updates)
        return sum(1 for w in updates.values() if w.stars or w.favorite is not None or w.tags)

    def stacked(self, keys: Sequence[str]) -> set[str]:
        """One request an asset: the search says nothing of stacks unless asked, an asset does."""
        return {key for key in keys if self._asset(key).get("stack")}

    def stack(self, keys: Sequence[str]) -> None:
        """The first becomes the one on top."""
        if len(keys) > 1:
            self._client.ask("POST", "/stacks", {"assetIds": list(keys)})

    def _tag(self, updates: Mapping[str, Update]) -> None:
        by_tag: dict[str, list[str]] = {}
        for key, update in updates.items():
            for tag in update.tags:
                by_tag.setdefault(tag, []).append(key)
        if not by_tag:
            return
        made = self._client.ask("PUT", "/tags", {"tags": sorted(by_tag)})
        for tag in made if isinstance(made, list) else []:
            keys = by_tag.get(str(tag.get("value")), [])
            for start in range(0, len(keys), _PORTION):
                body = {"tagIds": [tag["id"]], "assetIds": keys[start : start + _PORTION]}
                self._client.ask("PUT", "/tags/assets", body)

    def _untag(self, updates: Mapping[str, Update]) -> None:
        """One request an asset to see its tags, and one a tag that no longer holds."""
        stale: dict[str, list[str]] = {}
        for key, update in updates.items():
            tags = self._asset(key).get("tags") or [] if update.tag_beginnings else []
            for tag in tags:
                value = str(tag.get("value"))
                if value.startswith(update.tag_beginnings) and value not in update.tags:
                    stale.setdefault(str(tag["id"]), []).append(key)
        for tag_id, keys in stale.items():
            for start in range(0, len(keys), _PORTION):
                body = {"ids": keys[start : start + _PORTION]}
                self._client.ask("DELETE", f"/tags/{tag_id}/assets", body)

    def _asset(self, asset_id: str) -> Any:
        if not asset_id.replace("-", "").isalnum():
            raise LibraryError(f"{asset_id!r} is not an Immich asset")
        return self._client.ask("GET", f"/assets/{asset_id}")

    def _assets_in(self, folder: str, files: set[str]) -> Iterator[Any]:
        """The assets of these files, all of one folder, as the library names it.

        A folder with more pages than files that were asked for is left after as many.
        """
        missing = set(files)
        for assets, is_last in islice(self._pages(folder), len(files) if len(files) > _FEW else 0):
            found = [asset for asset in assets if asset.get("originalPath") in files]
            missing -= {asset["originalPath"] for asset in found}
            yield from found
            if not missing or is_last:
                return
        for there in sorted(missing):
            for assets, _ in self._pages(there):
                yield from (asset for asset in assets if asset.get("originalPath") == there)

    def _pages(self, part: str) -> Iterator[tuple[list[Any], bool]]:
        """Assets whose path holds `part` anywhere, and whether these were the last."""
        page: object = 1
        while page:
            body = {"originalPath": part, "withExif": True, "size": _PAGE, "page": int(str(page))}
            answer = self._client.ask("POST", "/search/metadata", body).get("assets", {})
            page = answer.get("nextPage")
            yield answer.get("items", []), not page


def _item(asset: Any, path: str) -> Item:
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
