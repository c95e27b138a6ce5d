"""The Lightroom plug-in, unchanged, in Lua 5.1 on a small fake of the SDK."""

import json
from pathlib import Path
from typing import Any

import pytest
from lupa import lua51

import aesplugin.hosts
from aesplugin.web.token import stored_token

PLUGIN = Path(aesplugin.hosts.__file__).parent / "lightroom" / "aesplugin.lrplugin"
FAKE = Path(__file__).parent / "fake_lightroom.lua"
BASE = "http://127.0.0.1:8765/api/v1/photos/by-path?path="
FOUND = {
    "score": 8.126,
    "comment": "Ruhiges Licht, größer",
    "suggestions": [
        {"flaw": "tilted_horizon", "advice": "Rotate.", "strength": 0.4, "direction": "x"},
        {"flaw": "noise", "advice": "Denoise.", "strength": 1e-2, "direction": "y"},
    ],
    "model": "fake@fake-1",
    "decision": None,
    "flags": [True, False, {}, []],
}


class Lightroom:
    """One Lua with the plug-in's folder on its path."""

    def __init__(self) -> None:
        self.lua = lua51.LuaRuntime(unpack_returned_tuples=True, encoding="utf-8")
        self.lua.execute(f'package.path = "{PLUGIN}/?.lua;" .. package.path')
        self.fake: Any = self.lua.eval(f"dofile([[{FAKE}]])")

    def load(self, name: str) -> Any:
        return self.lua.eval(f'require "{name}"')

    def score(self) -> None:
        self.lua.execute(f"dofile([[{PLUGIN}/ScoreSelection.lua]])")


@pytest.fixture
def lightroom() -> Lightroom:
    return Lightroom()


def test_every_file_the_plugin_names_is_there(lightroom: Lightroom) -> None:
    info = lightroom.lua.eval(f"dofile([[{PLUGIN}/Info.lua]])")
    named = [info.LrPluginInfoProvider, info.LrMetadataProvider]
    named += [item.file for item in info.LrLibraryMenuItems.values()]
    assert all((PLUGIN / name).is_file() for name in named)
    fields = lightroom.lua.eval(f"dofile([[{PLUGIN}/Metadata.lua]])").metadataFieldsForPhotos
    assert [f.id for f in fields.values()] == ["score", "comment", "suggestions", "model"]


def test_writes_fields_of_its_own(lightroom: Lightroom) -> None:
    photo = lightroom.fake.add("/p/a b&ü.NEF", 3)
    lightroom.fake.answer(f"{BASE}/p/a%20b%26%C3%BC.NEF", 200, json.dumps(FOUND))
    lightroom.score()
    assert dict(photo.properties) == {
        "score": "8.13",
        "comment": "Ruhiges Licht, größer",
        "suggestions": "Rotate.\nDenoise.",
        "model": "fake@fake-1",
    }
    assert photo.rating == 3 and list(photo.keywords.values()) == []
    assert list(lightroom.fake.messages.values()) == []


@pytest.mark.parametrize(("present", "expected"), [(None, 4), (0, 4), (1, 1), (2, 2), (5, 5)])
def test_stars_only_where_there_are_none(
    lightroom: Lightroom, present: int | None, expected: int
) -> None:
    photo = lightroom.fake.add("/p/a.NEF", present)
    lightroom.fake.prefs.ratings = True
    lightroom.fake.answer(f"{BASE}/p/a.NEF", 200, json.dumps(FOUND))
    lightroom.score()
    assert photo.rating == expected


def test_keywords_on_request(lightroom: Lightroom) -> None:
    photo = lightroom.fake.add("/p/a.NEF", 0)
    lightroom.fake.prefs.keywords = True
    lightroom.fake.answer(f"{BASE}/p/a.NEF", 200, json.dumps(FOUND))
    lightroom.score()
    assert list(photo.keywords.values()) == [
        "aesplugin|aesthetics good",
        "aesplugin|flaw tilted horizon",
        "aesplugin|flaw noise",
    ]


def test_keywords_of_an_old_score_go_and_a_persons_stay(lightroom: Lightroom) -> None:
    photo = lightroom.fake.add("/p/a.NEF", 0)
    persons = [("sea",), ("aesplugin", "mine"), ("flaw blur",), ("x", "aesplugin", "flaw blur")]
    old = [
        ("aesplugin", "aesthetics poor"),
        ("aesplugin", "flaw blur"),
        ("aesplugin", "flaw noise"),
    ]
    for names in (*persons, *old):
        lightroom.fake.tag(photo, *names)
    lightroom.fake.prefs.keywords = True
    lightroom.fake.answer(f"{BASE}/p/a.NEF", 200, json.dumps(FOUND))
    for _ in range(2):
        lightroom.score()
        assert sorted(photo.keywords.values()) == sorted(
            [
                *("|".join(names) for names in persons),
                "aesplugin|aesthetics good",
                "aesplugin|flaw tilted horizon",
                "aesplugin|flaw noise",
            ]
        )


def test_writes_in_portions(lightroom: Lightroom) -> None:
    for number in range(250):
        lightroom.fake.add(f"/p/{number}.NEF", 0)
        lightroom.fake.answer(f"{BASE}/p/{number}.NEF", 200, '{"score": 5}')
    lightroom.score()
    assert lightroom.fake.writes == 3


def test_the_token_goes_along(lightroom: Lightroom) -> None:
    lightroom.fake.add("/p/a.NEF", 0)
    lightroom.fake.prefs.token = "secret"
    lightroom.fake.prefs.address = "http://nas:1/"
    lightroom.score()
    (request,) = lightroom.fake.requests.values()
    assert request.url == "http://nas:1/api/v1/photos/by-path?path=/p/a.NEF"
    assert {h.field: h.value for h in request.headers.values()} == {
        "X-AES-Client": "lightroom",
        "Authorization": "Bearer secret",
    }


PLACES = (
    "Library/Application Support/aesplugin/token",
    "AppData/Local/aesplugin/aesplugin/token",
    ".local/share/aesplugin/token",
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("address", "goes"),
    [
        (None, True), ("http://localhost:8765/", True), ("http://[::1]:9", True),
        ("http://127.0.0.1", True), ("http://nas:8765", False), ("http://127.0.0.1.evil", False),
        ("http://127.0.0.1@evil", False), ("http://localhost:1@evil/", False),
    ],
)  # fmt: skip
def test_this_machines_token_is_found_and_goes_to_this_machine_only(
    lightroom: Lightroom, tmp_path: Path, place: str, address: str | None, goes: bool
) -> None:
    stored_token(tmp_path / place)
    lightroom.fake.home = str(tmp_path)
    lightroom.fake.prefs.address = address
    lightroom.fake.add("/p/a.NEF", 0)
    lightroom.score()
    (request,) = lightroom.fake.requests.values()
    sent = {h.field: h.value for h in request.headers.values()}
    expected = f"Bearer {(tmp_path / place).read_text().strip()}"
    assert sent.get("Authorization") == (expected if goes else None)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (404, '{"error": "this file is not in the catalog; score it first"}', "score it first"),
        (500, "<html>", "answered 500"),
        (200, '{"score": null}', "no score yet"),
        (200, '{"score": ', "0 of 1"),
        (None, None, "start `aesplugin serve`"),
    ],
)
def test_what_went_wrong_is_said(
    lightroom: Lightroom, status: int | None, body: str | None, said: str
) -> None:
    photo = lightroom.fake.add("/p/a.NEF", 0)
    if status is not None:
        lightroom.fake.answer(f"{BASE}/p/a.NEF", status, body)
    lightroom.score()
    assert dict(photo.properties) == {} and lightroom.fake.writes == 0
    (message,) = lightroom.fake.messages.values()
    assert said in message


@pytest.mark.parametrize(
    "value", [FOUND, [], {}, 'a"\\\n\u20ac\U0001f600', -1.5e3, True, [[[]]], {"": [1, "2"]}]
)
def test_reads_json(lightroom: Lightroom, value: Any) -> None:
    def plain(found: Any) -> Any:
        if lua51.lua_type(found) != "table":
            return found
        keys = list(found.keys())
        if keys == list(range(1, len(keys) + 1)):
            return [plain(found[key]) for key in keys]
        return {key: plain(found[key]) for key in keys}

    def without_null(found: Any) -> Any:
        if isinstance(found, dict):
            pairs = {k: without_null(v) for k, v in found.items() if v is not None}
            return pairs or []  # an empty table is both
        return [without_null(v) for v in found] if isinstance(found, list) else found

    decode = lightroom.load("Json").decode
    assert plain(decode(json.dumps(value))) == without_null(value)
