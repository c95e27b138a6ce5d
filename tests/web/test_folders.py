"""Choosing a folder to score: what may be opened, what is shown of it, and how a person does it."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from aesplugin.compose import Workshop
from aesplugin.errors import UsageError
from aesplugin.settings import Settings
from aesplugin.web import folders
from aesplugin.web.app import create_app
from aesplugin.web.folders import ScorableFolders
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.ordinary_user import as_ordinary_user
from tests.photos import drawn, save
from tests.web.chromium import accessible, keep, tab, visit
from tests.web.client import Answer, Client
from tests.web.lines import until
from tests.web.test_jobs import outcome
from tests.web.test_serve import bearer
from tests.web.test_serve import page as served_page

HIDDEN = (".config", "@eaDir", "$RECYCLE.BIN", "Fotos.photoslibrary", "lost+found")


def made(home: Path) -> Path:
    """Photos in `2026` and below, hidden and system folders, links, and a folder beside."""
    pictures = home / "Pictures"
    for name in ("2026/May", "empty", *HIDDEN):
        (pictures / name).mkdir(parents=True)
    for name in ("2026/a.jpg", "2026/b.jpg", "2026/May/c.jpg", ".config/d.jpg"):
        save(drawn(len(name), (320, 240)), pictures / name)
    (pictures / "2026" / "notes.txt").touch()
    outside = home / "outside"
    outside.mkdir()
    save(drawn(5, (320, 240)), outside / "e.jpg")
    (pictures / "way out").symlink_to(outside)
    (pictures / "way in").symlink_to(pictures / "2026")
    (pictures / "loop").symlink_to("loop")
    return pictures


def workshop_at(home: Path) -> Workshop:
    return Workshop(
        Settings(
            catalog=str(home / "catalog.sqlite3"), cache=home / "cache", model="fake", decoders=1
        )
    )


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def client(pictures: Path) -> Iterator[Client]:
    workshop = workshop_at(pictures.parent)
    desk = Desk(workshop, Access(), roots=[str(pictures)])
    with served(create_app(desk)) as port:
        yield Client(port, {"x-aes-client": "test"})
    workshop.catalog.close()


def ask(client: Client, path: object) -> Answer:
    return client.get(f"/api/v1/folders?path={quote(os.fsencode(str(path)))}")


def test_it_starts_in_the_only_root(client: Client, pictures: Path) -> None:
    found = client.get("/api/v1/folders").json
    assert [place["path"] for place in found["trail"]] == [str(pictures)]
    listed = {folder["name"]: folder for folder in found["folders"]}
    assert list(listed) == ["2026", "empty", "way in", "way out"]
    assert (listed["2026"]["photos"], listed["2026"]["has_folders"]) == (2, True)
    assert (listed["empty"]["photos"], listed["empty"]["has_folders"]) == (0, False)
    assert listed["way in"]["photos"] == 2 and listed["way in"]["problem"] is None
    assert listed["way out"]["photos"] is None and "leads outside" in listed["way out"]["problem"]


def test_a_folder_tells_the_way_to_it(client: Client, pictures: Path) -> None:
    found = ask(client, pictures / "2026").json
    assert (found["here"]["name"], found["here"]["photos"]) == ("2026", 2)
    assert [place["name"] for place in found["trail"]] == ["Pictures", "2026"]
    assert [folder["name"] for folder in found["folders"]] == ["May"]


@pytest.mark.parametrize("form", ["{}/", " {} ", '"{}"', "'{}'", "file://{}", "/{}", "{}/May/.."])
def test_a_path_is_taken_as_people_paste_it(client: Client, pictures: Path, form: str) -> None:
    found = ask(client, form.format(pictures / "2026")).json
    assert found["here"]["path"] == str(pictures / "2026")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("2026/a.jpg", "is a file; choose the folder"),
        ("nowhere", "does not exist; check its name"),
        ("../outside", "is outside"),
        ("..", "is outside"),
        ("way out", "is outside"),
        ("way out/e.jpg", "is outside"),
        (".config", "is outside"),
        ("@eaDir", "is outside"),
        ("a\0b", "null character"),
        ("x" * 10_000, "more than any system takes"),
        ("x/" * 1500, "does not exist"),
        ("y" * 300, "does not exist"),
        ("two\nlines", "two lines does not exist"),
    ],
)
def test_what_cannot_be_opened_is_told_in_a_line(
    client: Client, pictures: Path, path: str, said: str
) -> None:
    answer = ask(client, f"{pictures}/{path}")
    assert answer.status == 404
    assert said in answer.json["error"]
    assert "\n" not in answer.json["error"] and len(answer.json["error"]) < 300
    scored = client.ask("POST", "/api/v1/jobs", {"paths": [f"{pictures}/{path}"]})
    is_for_the_job = "is a file" in said or "does not exist" in said
    assert scored.status == (202 if is_for_the_job else 404)


@pytest.mark.parametrize(
    ("path", "said"),
    [("", "choose a folder"), ("  ", "choose a folder"), ("2026", "is not a whole path"),
     ("~", "~ is outside"), ("~/x/..", "~/x/.. is outside"), ("x", "write it as /photos/2026"),
     ("/", "is outside"), ("/etc", "is outside"), ("..", "not a whole path"),
     ("//etc", "is outside"), ("file:///etc", "is outside"), ("\0", "null character")],
)  # fmt: skip
def test_so_is_what_leads_elsewhere(client: Client, path: str, said: str) -> None:
    """Without a word of where this machine keeps things."""
    for answer in (ask(client, path), client.ask("POST", "/api/v1/jobs", {"paths": [path]})):
        assert os.path.expanduser("~") not in answer.json["error"]
        assert answer.status == 404 and said in answer.json["error"], answer.json


def test_a_folder_without_photos_says_so_when_it_is_scored(client: Client, pictures: Path) -> None:
    job = client.ask("POST", "/api/v1/jobs", {"paths": [str(pictures / "empty")]}).json
    found = outcome(client, job["id"])
    assert found["state"] == "failed" and "contains no photos" in found["error"]


def test_folders_of_the_catalog_are_opened_too(tmp_path: Path, pictures: Path) -> None:
    """Also where nobody may open another, and where the catalog knows them through a link."""
    link = tmp_path / "link"
    link.symlink_to(pictures)
    found = ScorableFolders([], lambda: [f"{link}/2026", f"{link}/2026/May"])
    assert found.open(None).here is not None, "the only one to start from"
    assert found.checked(f"{link}/2026/May") == f"{link}/2026/May"
    two = ScorableFolders([str(pictures / "empty")], lambda: [f"{link}/2026", f"{link}/2026/May"])
    assert [one.path for one in two.open(None).folders] == [f"{pictures}/empty", f"{link}/2026"]


def test_hidden_folders_below_those_of_the_catalog_stay_closed(tmp_path: Path) -> None:
    """Unless photos in them are of the catalog; through a link, too."""
    names = (
        ".ssh",
        "Pictures/.private/deep",
        "Pictures/@eaDir",
        "Pictures/.mine/deep",
        "Pictures/a",
    )
    for name in names:
        (tmp_path / name).mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "Pictures")
    for way in (tmp_path / "Pictures", link):
        known = [str(tmp_path), str(way), f"{way}/.mine"]
        found = ScorableFolders([], known.copy)
        for place in (tmp_path / "Pictures", link):
            for name in ("", "/a", "/.mine", "/.mine/deep"):
                assert found.checked(f"{place}{name}") == f"{place}{name}"
                assert found.open(f"{place}{name}").here is not None
            for name in ("/.private", "/.private/deep", "/@eaDir", "/../.ssh"):
                for look in (found.checked, found.open):
                    with pytest.raises(UsageError, match="is outside"):
                        look(f"{place}{name}")


@contextmanager
def resolving() -> Iterator[Counter[str]]:
    """How often each path is resolved meanwhile."""
    times: Counter[str] = Counter()

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is os.path.realpath.__code__:
            times[os.fspath(frame.f_locals["filename"])] += 1

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield times
    finally:
        sys.setprofile(before)


def test_a_catalog_of_many_folders_is_resolved_once(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    below = tmp_path / "Pictures" / "2026"
    below.mkdir(parents=True)
    for number in range(30):
        (below / f"way out {number}").symlink_to(outside)
    known = [f"{tmp_path}/Pictures", *(f"{tmp_path}/Pictures/{n}" for n in range(50))]
    known += [f"{tmp_path}/beside/{number}" for number in range(50)]
    with resolving() as times:
        opened = ScorableFolders([], lambda: known).open(str(below))
    assert [one.path for one in opened.trail] == [f"{tmp_path}/Pictures", str(below)]
    assert all(one.problem for one in opened.folders) and len(opened.folders) == 30
    assert all(times[place] <= 1 for place in known[51:]), "once for all links"
    assert not any(times[place] for place in known[1:51]), "another one shows them"


def test_without_any_it_offers_none(tmp_path: Path) -> None:
    opened = ScorableFolders([], list).open(None)
    assert opened.here is None and not opened.folders


def test_many_photos_and_folders_are_cut(tmp_path: Path) -> None:
    for number in range(folders.MOST_PHOTOS + 5):
        (tmp_path / f"{number}.jpg").touch()
    for number in range(folders.MOST_FOLDERS + 7):
        (tmp_path / f"folder {number}").mkdir()
    opened = ScorableFolders([str(tmp_path)], list).open(None)
    assert opened.here and opened.here.photos == folders.MOST_PHOTOS
    assert (len(opened.folders), opened.left_off) == (folders.MOST_FOLDERS, 7)


def test_a_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    try:
        os.mkdir(os.fsencode(tmp_path) + b"/caf\xe9")
    except OSError:
        pytest.skip("this disk takes text only")
    (folder,) = ScorableFolders([str(tmp_path)], list).open(None).folders
    assert folder.name == "caf\\udce9" and folder.problem and "aesplugin score" in folder.problem


_CLOSED = """
import sys
from aesplugin.errors import UsageError
from aesplugin.web.folders import ScorableFolders
folders = ScorableFolders([sys.argv[1]], list)
print([(one.name, one.problem) for one in folders.open(None).folders])
try:
    folders.open(sys.argv[1] + "/closed")
except UsageError as error:
    print(error)
"""


def test_a_folder_without_rights_is_named(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    command = [*as_ordinary_user(), sys.executable, "-P", "-c", _CLOSED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    (tmp_path / "closed").chmod(0o755)
    assert done.returncode == 0, done.stderr
    listed, said = done.stdout.splitlines()
    assert listed == "[('closed', 'permission denied')]", done.stderr
    assert "closed cannot be read (permission denied); choose another folder" in said


def test_the_home_folder_is_for_whoever_is_alone_with_the_page(tmp_path: Path) -> None:
    """By default; not where others get in, and not where a folder is named."""
    home = tmp_path / "home"
    (home / "Photos").mkdir(parents=True)
    (home / "other").mkdir()
    ways: list[tuple[list[str], str | None]] = [
        ([], str(home)),
        (["--root", str(home / "other")], str(home / "other")),
        (["--no-token"], None),
        (["--host", "0.0.0.0"], None),
        (["--allow-host", "photos.example"], None),
        (["--behind-tls"], None),
        (["--trust-proxy", "192.0.2.7"], None),
    ]
    for arguments, expected in ways:
        with served_page(tmp_path, *arguments, HOME=str(home)) as address:
            port = int(address.split(":")[2].split("/")[0])
            headers = {} if "--no-token" in arguments else {"authorization": bearer(address)}
            found = Client(port, headers).get("/api/v1/folders").json
        here = found["here"]["path"] if found["here"] else None
        assert (here, bool(found["folders"])) == (expected, expected == str(home)), arguments


def test_a_home_that_is_the_whole_disk_is_not_opened(tmp_path: Path) -> None:
    for home in ("/", f"{tmp_path}/nowhere"):
        with served_page(tmp_path, HOME=home) as address:
            port = int(address.split(":")[2].split("/")[0])
            found = Client(port, {"authorization": bearer(address)}).get("/api/v1/folders").json
        assert (found["here"], found["folders"]) == (None, []), home


@pytest.fixture
def fresh(tmp_path: Path, browser: Browser) -> Iterator[tuple[Page, Path]]:
    """A browser before an empty catalog."""
    pictures = made(tmp_path)
    workshop = workshop_at(tmp_path)
    app = create_app(Desk(workshop, Access(), roots=[str(pictures)]))
    with served(app) as port, tab(browser, f"http://127.0.0.1:{port}") as page:
        yield page, pictures
    workshop.catalog.close()


def test_a_first_visit_needs_no_terminal(fresh: tuple[Page, Path]) -> None:
    page, _ = fresh
    visit(page, "/")
    row = page.locator(".folders").get_by_role("button")
    expect(row).to_have_count(4)
    expect(row.first).to_have_text("20262 photos")
    expect(row.last).to_be_disabled()
    keep(page, "first-visit")
    accessible(page)
    row.first.click()
    start = page.get_by_role("button", name="Score 2026")
    expect(start).to_be_enabled()
    expect(page.locator("[data-choose]")).to_contain_text("2 photos directly in it; its folders")
    page.get_by_role("button", name="May").click()
    expect(page.get_by_role("button", name="Score May")).to_be_enabled()
    page.locator(".trail").get_by_role("button", name="2026").click()
    start.click()
    expect(page.locator(".tile").first).to_be_visible()
    until(page, lambda: page.request.get("/api/v1/jobs/1").json()["state"] == "done", "scored")
    visit(page, "/")
    expect(page.locator(".tile")).to_have_count(2)  # two of the three files hold one photo


def test_a_path_is_typed_or_pasted(fresh: tuple[Page, Path]) -> None:
    page, pictures = fresh
    visit(page, "/progress")
    note = page.locator("[data-choose-note]")
    field = page.get_by_role("textbox", name="Folder")
    for typed, said in (("/etc", "is outside"), (f"{pictures}/2026/a.jpg", "is a file")):
        field.fill(typed)
        page.keyboard.press("Enter")
        expect(note).to_contain_text(said)
    keep(page, "refused-folder")
    accessible(page)
    field.fill(f'"{pictures}/empty"')
    page.keyboard.press("Enter")
    expect(note).to_be_empty()
    expect(page.get_by_role("button", name="Score empty")).to_be_disabled()
    field.fill(f"{pictures}/2026/May/")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Score May").click()
    expect(page.locator(".job").first).to_contain_text("done")
    until(page, lambda: note.inner_text() == "Scoring May.", "it says what was started")
