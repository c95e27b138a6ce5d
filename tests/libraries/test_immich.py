from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.assessment import Content
from aesplugin.catalog.catalog import Catalog
from aesplugin.decision import Choice, Decision
from aesplugin.errors import LibraryError
from aesplugin.libraries.base import PrefixMap, Update
from aesplugin.libraries.immich import ImmichLibrary
from aesplugin.services.files.unchanged import with_doubts
from aesplugin.services.personal.prefer import Preferences
from aesplugin.services.sync import SyncOptions, stack_groups, sync
from tests.libraries.fake_immich import KEY, FakeImmich, serve
from tests.services.publishing.builders import REVISION, put

PREFIXES = PrefixMap([("/mnt/photos", "/usr/src/app/external"), ("/mnt/photos/raw", "/raw")])


@pytest.fixture
def immich() -> Iterator[FakeImmich]:
    made = FakeImmich()
    server = serve(made)
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def library(immich: FakeImmich) -> ImmichLibrary:
    return _library(immich, PREFIXES)


def _library(immich: FakeImmich, prefixes: PrefixMap) -> ImmichLibrary:
    return ImmichLibrary(f"http://127.0.0.1:{immich.port}/api/", KEY, prefixes=prefixes)


def test_paths_are_the_containers(immich: FakeImmich, library: ImmichLibrary) -> None:
    key = immich.add("/usr/src/app/external/2026/a.jpg", rating=4, isFavorite=True)
    raw = immich.add("/raw/b.nef")
    found = library.find(["/mnt/photos/2026/a.jpg", "/mnt/photos/raw/b.nef", "/mnt/photos/no.jpg"])
    assert {path: item.key for path, item in found.items()} == {
        "/mnt/photos/2026/a.jpg": key,
        "/mnt/photos/raw/b.nef": raw,
    }
    assert (found["/mnt/photos/2026/a.jpg"].stars, found["/mnt/photos/raw/b.nef"].stars) == (
        4,
        None,
    )
    assert library.path_of(raw) == "/mnt/photos/raw/b.nef"


def test_only_the_very_same_path_is_ours(immich: FakeImmich, library: ImmichLibrary) -> None:
    immich.add("/usr/src/app/external/a.jpg.edited.jpg")
    assert library.find(["/mnt/photos/a.jpg"]) == {}


def test_a_folder_is_asked_for_at_once(immich: FakeImmich, library: ImmichLibrary) -> None:
    for n in range(1200):
        immich.add(f"/raw/{n}.nef", rating=1 + n % 5)
    immich.add("/raw/deeper/7.nef", rating=5)
    paths = [f"/mnt/photos/raw/{n}.nef" for n in range(300, 1300)]
    found = library.find(paths)
    assert set(found) == set(paths[:900])
    assert all(item.stars == 1 + int(Path(path).stem) % 5 for path, item in found.items())
    assert len(immich.requests) == 2


def test_few_files_of_a_vast_folder_are_searched_alone(
    immich: FakeImmich, library: ImmichLibrary
) -> None:
    for n in range(9000):
        immich.add(f"/raw/{n}.nef")
    paths = [f"/mnt/photos/raw/{n}.nef" for n in range(8990, 8996)]
    assert set(library.find(paths)) == set(paths)
    assert len(immich.requests) <= 2 * len(paths)
    immich.requests.clear()
    assert set(library.find(paths[:2])) == set(paths[:2])
    assert len(immich.requests) == 2


def test_equal_wishes_are_one_request(immich: FakeImmich, library: ImmichLibrary) -> None:
    keys = [immich.add(f"/{n}.jpg") for n in range(30)]
    updates = {key: Update(stars=1 + n % 3, tags=("aesplugin/a",)) for n, key in enumerate(keys)}
    assert library.update(updates) == 30
    updates = [r for r in immich.requests if r[1] == "/api/assets"]
    assert len(updates) == 3
    assert len(immich.tagged) == 30
    assert all("rating" not in body or body["rating"] for _, _, body in updates)


def test_sync_leaves_what_a_person_said(immich: FakeImmich, tmp_path: Path) -> None:
    library = _library(immich, PrefixMap([(str(tmp_path), "/usr/src/app/external")]))
    rated = immich.add("/usr/src/app/external/rated.jpg", rating=2)
    plain = immich.add("/usr/src/app/external/plain.jpg")
    rejected = immich.add("/usr/src/app/external/rejected.jpg")
    swapped = immich.add("/usr/src/app/external/swapped.jpg")
    with Catalog.open(tmp_path / "c.sqlite3") as catalog:
        contents = [
            put(catalog, tmp_path / f"{name}.jpg", n)
            for n, name in enumerate(("plain", "rated", "rejected", "unknown", "swapped"))
        ]
        catalog.people.decide(
            [
                Decision(content_hash=contents[0], user="ada", favorite=True),
                Decision(content_hash=contents[2], user="ada", choice=Choice.REJECT),
            ]
        )
        options = SyncOptions(ratings=True, favorites=True, tags=True)
        (tmp_path / "swapped.jpg").write_bytes(b"another photo by now")
        entries = list(with_doubts(catalog, catalog.entries(REVISION)))
        decisions = catalog.people.decisions("ada")
        dry = list(sync(library, entries, decisions, options, dry_run=True))
        assert not any(request[0] == "PUT" for request in immich.requests)
        assert dry == list(sync(library, entries, decisions, options))
    assert immich.assets[rated]["exifInfo"]["rating"] == 2
    assert immich.assets[plain]["exifInfo"]["rating"] == 4
    assert immich.assets[plain]["isFavorite"] is True
    assert immich.assets[rejected]["exifInfo"]["rating"] == -1
    assert immich.assets[swapped]["exifInfo"]["rating"] is None
    by_name = {Path(result.path).stem: result for result in dry}
    assert [name for name, result in by_name.items() if result.doubt] == ["swapped"]
    found = [name for name, result in by_name.items() if result.found]
    assert sorted(found) == ["plain", "rated", "rejected"]


def test_sync_tells_what_was_said_with_prefer(immich: FakeImmich, tmp_path: Path) -> None:
    library = _library(immich, PrefixMap([(str(tmp_path), "/photos")]))
    names = ("liked", "decided", "changed", "rejected", "unsaid", "favourite")
    keys = {name: immich.add(f"/photos/{name}.jpg") for name in names}
    with Catalog.open(tmp_path / "c.sqlite3") as catalog:
        of = {name: put(catalog, tmp_path / f"{name}.jpg", n) for n, name in enumerate(names)}
        catalog.people.decide(
            [
                Decision(content_hash=of["decided"], user="ada", stars=2),
                Decision(content_hash=of["changed"], user="ada", stars=2, favorite=True),
                Decision(content_hash=of["rejected"], user="ada", choice=Choice.REJECT),
            ]
        )
        ada = Preferences(catalog, "ada")
        for name, stars in (("liked", 5), ("changed", 3), ("rejected", 4)):
            ada.state([of[name]], {"rating": stars})
        ada.state([of["favourite"]], {"favorite": True})
        options = SyncOptions(ratings=True, only_mine=True, favorites=True)
        entries = list(with_doubts(catalog, catalog.entries(REVISION)))
        list(sync(library, entries, ada.decisions(), options))
    stars = {name: immich.assets[key]["exifInfo"]["rating"] for name, key in keys.items()}
    assert stars == {"liked": 5, "decided": 2, "changed": 3, "rejected": -1} | dict.fromkeys(
        ("unsaid", "favourite")
    )
    loved = {name for name, key in keys.items() if immich.assets[key].get("isFavorite")}
    assert loved == {"changed", "favourite"}


def test_stacks_once_and_never_over_another(immich: FakeImmich, library: ImmichLibrary) -> None:
    keys = [immich.add(f"/mnt2/{n}.jpg") for n in range(5)]
    immich.stacks = [[keys[4], keys[3]]]  # a person's
    groups = [["/mnt2/0.jpg", "/mnt2/1.jpg"], ["/mnt2/2.jpg", "/mnt2/3.jpg"], ["/mnt2/2.jpg"]]
    assert stack_groups(library, groups, dry_run=True) == 1
    assert immich.stacks == [[keys[4], keys[3]]]
    assert stack_groups(library, groups, dry_run=False) == 1
    assert immich.stacks == [[keys[4], keys[3]], keys[:2]]
    assert stack_groups(library, groups, dry_run=False) == 0


def test_tags_of_an_old_score_go_and_a_persons_stay(
    immich: FakeImmich, library: ImmichLibrary
) -> None:
    keys = [immich.add(f"/{n}.jpg") for n in range(3)]
    beginnings = ("aesplugin/aesthetics ", "aesplugin/flaw ")
    persons = Update(tags=("sea", "aesplugin/mine", "flaw blur"))
    old = Update(
        tags=("aesplugin/aesthetics poor", "aesplugin/flaw blur"), tag_beginnings=beginnings
    )
    new = Update(
        tags=("aesplugin/aesthetics good", "aesplugin/flaw blur"), tag_beginnings=beginnings
    )
    for update in (persons, old):
        library.update(dict.fromkeys(keys, update))
    library.update({keys[0]: new, keys[1]: Update(stars=3)})

    def tags(key: str) -> set[str]:
        return {value for value, tag in immich.tags.items() if (tag, key) in immich.tagged}

    assert tags(keys[0]) == {*persons.tags, *new.tags}
    assert tags(keys[1]) == tags(keys[2]) == {*persons.tags, *old.tags}


def test_keywords_go_below_a_tag_of_ours(
    immich: FakeImmich, library: ImmichLibrary, tmp_path: Path
) -> None:
    photo = tmp_path / "a.jpg"
    key = immich.add(str(photo))
    library = _library(immich, PrefixMap())
    library.update({key: Update(tags=("animal/bird", "aesplugin/keywords of mine"))})

    def tags() -> set[str]:
        return {value for value, tag in immich.tags.items() if (tag, key) in immich.tagged}

    persons = tags()
    root = "aesplugin/keywords/"
    with Catalog.open(tmp_path / "c.sqlite3") as catalog:
        for number, (words, expected) in enumerate(
            (
                (("bird",), {root + "animal", root + "animal/bird"}),
                (("dog",), {root + "animal", root + "animal/dog"}),
                ((), set()),
            )
        ):
            put(catalog, photo, number, content=Content(keywords=words))
            entries = list(with_doubts(catalog, catalog.entries(REVISION)))
            list(sync(library, entries, {}, SyncOptions(keywords=True)))
            assert tags() == persons | expected
            photo.unlink()


class TestTrouble:
    def test_a_wrong_key_is_named(self, immich: FakeImmich) -> None:
        with pytest.raises(LibraryError, match="refuses the API key"):
            ImmichLibrary(f"http://127.0.0.1:{immich.port}", "wrong").check()

    def test_no_server(self) -> None:
        with pytest.raises(LibraryError, match="does not answer"):
            ImmichLibrary("http://127.0.0.1:9", KEY, seconds=2).check()

    @pytest.mark.parametrize(
        "url",
        ["nas:2283", "ftp://nas", "", "http://", "http://[::1", "http://a:x", "http://a:99999"],
    )
    def test_no_address(self, url: str) -> None:
        with pytest.raises(LibraryError, match="not the address"):
            ImmichLibrary(url, KEY)

    @pytest.mark.parametrize("key", ["", "  ", "a\nb", "schlüssel"])
    def test_no_key(self, key: str) -> None:
        with pytest.raises(LibraryError, match="API key"):
            ImmichLibrary("http://nas", key)

    def test_an_asset_that_is_a_path(self, library: ImmichLibrary) -> None:
        with pytest.raises(LibraryError):
            library.path_of("../../users/me")
