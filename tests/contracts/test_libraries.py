"""What every registered library must keep to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin import registry
from aesplugin.errors import LibraryError
from aesplugin.libraries.base import Library, PrefixMap, Update
from tests.libraries.fake_immich import KEY, FakeImmich, serve


@pytest.fixture(params=registry.names("libraries"))
def library(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Library, str, str]]:
    """The library, a path it holds, and one it does not."""
    known, unknown = tmp_path / "a.jpg", tmp_path / "missing.jpg"
    known.write_bytes(b"x")
    if request.param == "folder":
        made = registry.library("folder").connect(str(tmp_path), prefixes=PrefixMap())
        yield made, str(known), str(unknown)
    elif request.param == "immich":
        immich = FakeImmich()
        immich.add(str(known))
        server = serve(immich)
        monkeypatch.setenv("AES_IMMICH_KEY", KEY)
        url = f"http://127.0.0.1:{immich.port}"
        made = registry.library("immich").connect(url, prefixes=PrefixMap())
        yield made, str(known), str(unknown)
        server.shutdown()
        server.server_close()
    else:
        pytest.skip(f"no set-up for {request.param} here")


def test_finds_what_it_holds_and_nothing_else(library: tuple[Library, str, str]) -> None:
    made, known, unknown = library
    found = made.find([known, unknown])
    assert list(found) == [known]
    assert found[known].path == known and found[known].key
    assert found[known].stars is None


def test_tells_that_it_is_there(library: tuple[Library, str, str]) -> None:
    made, _, _ = library
    assert made.title and made.check()


def test_takes_wishes_for_what_it_has(library: tuple[Library, str, str]) -> None:
    made, known, _ = library
    item = made.find([known])[known]
    update = Update(
        stars=3 if made.has_stars else None,
        favorite=True if made.has_favorites else None,
        tags=("a/b",) if made.has_tags else (),
    )
    if update == Update():
        with pytest.raises(LibraryError, match="has nothing that can be updated"):
            made.update({item.key: update})
        return
    assert made.update({item.key: update}) == 1
    assert made.update({}) == 0
    told = made.find([known])[known]
    assert told.stars == update.stars and told.favorite == bool(update.favorite)


def test_stacks_where_it_has_stacks(library: tuple[Library, str, str]) -> None:
    made, known, _ = library
    item = made.find([known])[known]
    assert made.stacked([item.key]) == set()
    if made.has_stacks:
        made.stack([item.key])  # one alone is no stack
        assert made.stacked([item.key]) == set()
    else:
        with pytest.raises(LibraryError, match="has no stacks"):
            made.stack([item.key])


def test_photos_are_never_written(library: tuple[Library, str, str]) -> None:
    made, known, _ = library
    made.find([known])
    assert Path(known).read_bytes() == b"x"


def test_prefixes_map_there_and_back() -> None:
    prefixes = PrefixMap([("/a", "/x"), ("/a/b/", "/y/")])
    assert prefixes.there("/a/b/c.jpg") == "/y/c.jpg"
    assert prefixes.there("/ab/c.jpg") == "/ab/c.jpg"
    assert prefixes.here("/x/d.jpg") == "/a/d.jpg"
