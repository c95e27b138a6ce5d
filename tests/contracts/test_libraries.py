"""What every registered library must keep to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin import registry
from aesplugin.libraries.base import Library, PrefixMap, Wish
from tests.libraries.fake_immich import KEY, FakeImmich, serve


@pytest.fixture(params=registry.names("libraries"))
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Library, str, str]]:
    """The library, a path it holds, and one it does not."""
    known, unknown = tmp_path / "a.jpg", tmp_path / "missing.jpg"
    known.write_bytes(b"x")
    if request.param == "folder":
        yield registry.load("libraries", "folder")(str(tmp_path)), str(known), str(unknown)
    elif request.param == "immich":
        immich = FakeImmich()
        immich.add(str(known))
        server = serve(immich)
        made = registry.load("libraries", "immich")(f"http://127.0.0.1:{immich.port}", KEY)
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


def test_takes_wishes_and_stacks(library: tuple[Library, str, str]) -> None:
    made, known, _ = library
    item = made.find([known])[known]
    assert made.tell({item.key: Wish(stars=3, tags=("a/b",))}) in (0, 1)
    assert made.tell({}) == 0
    made.stack([item.key])
    assert made.stacked([item.key]) == set()
    assert Path(known).read_bytes() == b"x"


def test_prefixes_map_there_and_back() -> None:
    prefixes = PrefixMap([("/a", "/x"), ("/a/b/", "/y/")])
    assert prefixes.there("/a/b/c.jpg") == "/y/c.jpg"
    assert prefixes.there("/ab/c.jpg") == "/ab/c.jpg"
    assert prefixes.here("/x/d.jpg") == "/a/d.jpg"
