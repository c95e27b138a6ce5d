"""publish, unpublish, sync, serve, hosts: what they print and how they end."""

import csv
import io
from pathlib import Path

import pytest

from aesplugin.assessment import Content, Kind
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import IngestedFile
from aesplugin.compose import Workshop
from aesplugin.decision import Choice, Decision
from aesplugin.evaluation.benchmarks.page import USER, fill
from aesplugin.services.pipeline.ingest import stamp_of
from aesplugin.settings import Settings
from tests.cli.conftest import Cli, make_photo
from tests.libraries.fake_immich import KEY, FakeImmich, serve
from tests.services.publishing.builders import put
from tests.web.site import FRAMES, build


@pytest.fixture
def photo(home: Path) -> Path:
    folder = home / "photos"
    folder.mkdir()
    path = folder / "IMG.CR2"
    path.write_bytes(b"raw")
    with Catalog.open(home / "catalog.sqlite3") as catalog:
        put(catalog, path, 1)
    return path


def test_a_dry_run_prints_the_differences(cli: Cli, photo: Path) -> None:
    done = cli("publish", "--tags", "--dry-run")
    assert done.code == 0
    assert "+ aes:Score: 7.00" in done.out and "without --dry-run: 1 written" in done.out
    assert [p.name for p in photo.parent.iterdir()] == ["IMG.CR2"]


def test_publish_twice_and_take_it_back(cli: Cli, photo: Path) -> None:
    assert "unpublish 1" in cli("publish", photo.parent).err
    assert "1 unchanged" in cli("publish").out
    assert "1 file  publish" in cli("unpublish", "--list").out
    (said,) = cli("unpublish", "--json").objects()
    assert said["outcome"] == "restored"
    assert cli("unpublish").code == 2
    assert [p.name for p in photo.parent.iterdir()] == ["IMG.CR2"]


def test_whose_taste_is_told(cli: Cli, home: Path) -> None:
    with Catalog.open(home / "catalog.sqlite3") as catalog:
        card = Workshop(Settings(model="fake")).card
        fill(catalog, card, photos=60)
        _put_files(catalog, card.revision, home)

    def told(*arguments: str) -> set[str]:
        results = cli("publish", "--dry-run", "--json", *arguments).objects()
        return {change[0] for result in results for change in result["changes"]}

    assert {"aes:Score", "aes:PersonalScore", "aes:User"} <= told("--user", USER)
    assert {"aes:PersonalScore", "aes:User"}.isdisjoint(told() | told("--user", "nobody"))


def _put_files(catalog: Catalog, revision: str, home: Path) -> None:
    """A file of each photo, where there can be one."""
    for entry in list(catalog.entries(revision)):
        path = home / Path(entry.path).name
        path.write_bytes(b"photo")
        stamp = stamp_of(str(path))
        assert stamp is not None and entry.photo is not None
        catalog.record_photos([IngestedFile(stamp=stamp, photo=entry.photo)])


def test_a_verdict_never_goes_to_another_photo(cli: Cli, photos: Path) -> None:
    assert cli("score", photos).code == 0
    assert cli("decide", photos / "a.jpg", "--reject", "--user", "ada").code == 0
    make_photo(photos / "a.jpg", seed=7)
    (photos / "b.png").unlink()
    done = cli("publish", photos, "--ratings", "--labels", "--user", "ada")
    assert done.code == 1 and "1 written" in done.out and "2 refused" in done.out
    assert f"{photos / 'a.jpg'} has changed" in done.err
    assert f"{photos / 'b.png'} was deleted or moved" in done.err
    assert [path.name for path in photos.rglob("*.xmp")] == ["c.jpg.xmp"]


def test_a_path_the_catalog_does_not_know_is_named(cli: Cli, home: Path, photo: Path) -> None:
    for arguments in (["publish"], ["sync", "--url", "http://127.0.0.1:9"]):
        done = cli(*arguments, home / "none")
        assert done.code == 2 and f"{home / 'none'} is not in the catalog" in done.err
    done = cli("publish", home / "none", photo)
    assert done.code == 0 and "1 written" in done.out
    assert f"{home / 'none'} is not in the catalog" in done.err


def test_what_needs_a_user_says_so(cli: Cli, photo: Path) -> None:
    done = cli("publish", "--labels")
    assert done.code == 2 and "--user" in done.err
    done = cli("sync", "--favorites", "--url", "http://127.0.0.1:9")
    assert done.code == 2 and "--user" in done.err
    done = cli("publish", "--labels", "--user", "ada")
    assert done.code == 0 and "ada has no decisions" in done.err
    cli("decide", photo, "--pick", "--user", "ada")
    assert "nothing" not in cli("publish", "--labels", "--user", "ada").err


def test_a_damaged_sidecar_ends_with_1_and_is_named(cli: Cli, photo: Path) -> None:
    sidecar = photo.with_name("IMG.CR2.xmp")
    sidecar.write_bytes(b"<x:xmpmeta")
    done = cli("publish")
    assert done.code == 1
    assert str(sidecar) in done.err and "left unchanged" in done.err
    assert sidecar.read_bytes() == b"<x:xmpmeta"


def test_wrong_naming_is_a_usage_error(cli: Cli, photo: Path) -> None:
    assert cli("publish", "--naming", "nonsense").code == 2


def test_hosts_names_files_that_are_there(cli: Cli) -> None:
    lines = cli("hosts").out.splitlines()
    assert len(lines) == 2
    assert all(Path(line[19:].strip()).exists() for line in lines)


def test_hosts_copies_into_folders_only(cli: Cli, home: Path) -> None:
    assert cli("hosts", "--copy-to", home / "none").code == 2
    assert "darktable or lightroom" in cli("hosts", "gimp").err
    assert len(cli("hosts", "darktable", "--copy-to", home).out.splitlines()) == 1
    assert not (home / "aesplugin.lrplugin").exists()
    done = cli("hosts", "--copy-to", home)
    assert (home / "aesplugin.lua").is_file() and str(home / "aesplugin.lrplugin") in done.out


def test_a_burst_becomes_one_stack_with_the_pick_on_top(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, immich = build(home), FakeImmich()
    frames = [f"BURST_{n:02}.jpg" for n in range(1, FRAMES + 1)]
    keys = [immich.add(str(site.folder / name)) for name in frames]
    picked = site.photos["BURST_03.jpg"]
    site.workshop.catalog.people.decide(
        [Decision(content_hash=picked, user="ada", choice=Choice.PICK)]
    )
    site.workshop.catalog.close()
    server = serve(immich)
    monkeypatch.setenv("AES_IMMICH_KEY", KEY)
    asked = ["sync", site.folder, "--url", f"http://127.0.0.1:{immich.port}", "--user", "ada"]
    assert "1 stack would be created" in cli(*asked, "--stacks", "--dry-run").err
    assert cli(*asked).code == 0 and immich.stacks == []
    assert "ada has no favourites" in cli(*asked, "--favorites").err
    assert "1 stack created" in cli(*asked, "--stacks").err
    assert immich.stacks == [[keys[2], keys[0], keys[1], keys[3], keys[4]]]  # then by score
    assert "0 stacks created" in cli(*asked, "--stacks").err
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--url", "nas"], 9),
        (["--url", "http://127.0.0.1:9"], 9),
        (["--url", "http://[::1"], 9),
        (["--url", "http://127.0.0.1:9", "--prefix", "a=b"], 2),
        ([], 2),
    ],
)
def test_sync_says_what_is_wrong(cli: Cli, photo: Path, arguments: list[str], code: int) -> None:
    assert cli("sync", *arguments).code == code


def test_serve_refuses_a_short_token(cli: Cli, home: Path) -> None:
    token = home / "token"
    token.write_text("short")
    done = cli("serve", "--token-file", token)
    assert done.code == 2 and "16" in done.err


def test_serve_says_when_the_port_is_taken(cli: Cli) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = cli("serve", "--port", str(taken.getsockname()[1]))
    assert done.code == 2 and "--port" in done.err


def test_stars_of_the_score_are_said_and_can_be_left_out(cli: Cli, photos: Path) -> None:
    assert cli("score", photos).code == 0
    assert cli("decide", photos / "a.jpg", "--stars", "2", "--user", "ada").code == 0
    done = cli("publish", photos, "--ratings", "--user", "ada", "--dry-run")
    assert "2 star ratings taken from the score, not from a person" in done.err
    assert "--only-mine" in done.err
    assert done.out.count("(from the score, not your rating)") == 2
    done = cli("publish", photos, "--ratings", "--only-mine", "--user", "ada")
    assert done.code == 0
    assert "the score" not in done.err
    rated = [path.name for path in photos.rglob("*.xmp") if "</xmp:Rating>" in path.read_text()]
    assert rated == ["a.jpg.xmp"]
    assert ">2</xmp:Rating>" in (photos / "a.jpg.xmp").read_text()
    for command in (["publish"], ["sync", "--url", "http://127.0.0.1:9"]):
        for given in (["--only-mine", "--user", "ada"], ["--only-mine", "--ratings"]):
            done = cli(*command, *given)
            assert done.code == 2 and "--only-mine needs --ratings and --user" in done.err


def test_no_part_of_a_difference_is_taken_for_an_emoji(cli: Cli, photo: Path) -> None:
    assert cli("decide", photo, "--pick", "--user", "ada").code == 0
    done = cli("publish", "--labels", "--user", "ada", "--dry-run")
    assert "+ xmp:Label: " in done.out


@pytest.fixture
def bird(home: Path) -> Path:
    path = home / "bird.CR2"
    content = Content(kind=Kind.WILDLIFE, subject="a bird", keywords=("bird", "water"))
    with Catalog.open(home / "catalog.sqlite3") as catalog:
        put(catalog, path, 2, comment=None, content=content)
    return path


def test_keywords_and_a_caption_are_published_and_taken_back(cli: Cli, bird: Path) -> None:
    asked = ("publish", bird, "--keywords", "--caption")
    told = cli(*asked, "--dry-run").out
    assert "+ lr:hierarchicalSubject: animal, animal|bird, water, kind|wildlife" in told
    assert "+ dc:description: A bird, water" in told
    assert cli(*asked).code == 0
    assert "--keywords --caption" in cli("unpublish", "--list").out
    assert cli("unpublish").code == 0
    assert not bird.with_name("bird.CR2.xmp").exists()


def test_keywords_and_captions_are_exported(cli: Cli, bird: Path, photo: Path) -> None:
    exported = {e["path"]: e for e in cli("export", "--format", "json").objects()}
    known, unknown = exported[str(bird)], exported[str(photo)]
    assert known["hierarchical_keywords"] == ["animal", "animal|bird", "water", "kind|wildlife"]
    assert (known["caption"], unknown["caption"]) == ("A bird, water", None)
    assert unknown["hierarchical_keywords"] == []
    rows = {r["path"]: r for r in csv.DictReader(io.StringIO(cli("export").out))}
    assert rows[str(bird)]["hierarchical_keywords"] == "animal; animal|bird; water; kind|wildlife"
    assert (rows[str(bird)]["caption"], rows[str(photo)]["caption"]) == ("A bird, water", "")


def test_a_keyword_is_no_formula(cli: Cli, home: Path) -> None:
    with Catalog.open(home / "catalog.sqlite3") as catalog:
        put(catalog, home / "a.CR2", 3, content=Content(keywords=("=1+1",)))
    (row,) = csv.DictReader(io.StringIO(cli("export").out))
    for column in ("keywords", "hierarchical_keywords", "caption"):
        assert row[column] == "'=1+1"
