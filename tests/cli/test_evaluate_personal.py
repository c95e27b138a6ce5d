"""evaluate personal, groups and taste by the real command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.models.personal.files import load_personal
from aesplugin.models.personal.prompt import PromptReader
from tests.cli.conftest import Cli, make_photo

KEYS = {"k", "srcc", "low", "high", "lift10"}


@pytest.fixture(autouse=True)
def looker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small model with embeddings, plugged in as another package would."""
    info = tmp_path / "plugins" / "looker-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: looker\nVersion: 1\n")
    line = "looker = tests.evaluation.looker:LookerBackend"
    (info / "entry_points.txt").write_text(f"[aesplugin.models]\n{line}\n")
    monkeypatch.syspath_prepend(str(info.parent))


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve people, 48 photos of 12 themes; some rows lack a mean score, some votes a photo."""
    root = tmp_path_factory.mktemp("panel")
    rng = np.random.default_rng(0)
    lines = ["item,file,theme,beauty_mos"]
    for item in range(48):
        make_photo(root / "images" / f"{item}.jpg", seed=item, size=(96, 72))
        lines.append(f"{item},{item}.jpg,theme{item % 12},{'' if item % 2 else 4.5}")
    lines.append("77,gone.jpg,theme1,4")
    (root / "images.csv").write_text("\n".join(lines) + "\n")
    votes = ["user,item,beauty"]
    for user in range(12):
        votes += [f"u{user},{item},{rng.integers(1, 8)}" for item in [*range(48), 77, 999]]
    votes.append("shy,3,4")
    (root / "votes.csv").write_text("\n".join(votes) + "\n")
    return root


def test_the_json_has_the_documented_keys_and_no_others(cli: Cli, panel: Path) -> None:
    result = cli("evaluate", "personal", "--root", panel, "--model", "looker", "--json")
    assert result.code == 0, result.err
    (report,) = result.objects()
    assert set(report) == {"users", "shots", "baselines"}
    assert report["users"] == 12
    assert [shot["k"] for shot in report["shots"]] == [0, 1, 5, 10, 30]
    assert {"general", "panel mean", "ridge", "population prior", "crowd"} <= set(
        report["baselines"]
    )
    for shots in (report["shots"], *report["baselines"].values()):
        assert all(set(shot) == KEYS for shot in shots)
        assert all(shot["low"] <= shot["srcc"] <= shot["high"] for shot in shots)
    assert "left out: 1 photo without a file, with 24 votes" in result.err


def test_the_part_column_says_what_is_asked(cli: Cli, panel: Path, tmp_path: Path) -> None:
    votes = (panel / "votes.csv").read_text().splitlines()
    rows = [f"{row},{'query' if i % 4 == 0 else 'support'}" for i, row in enumerate(votes[1:])]
    root = tmp_path / "parts"
    root.mkdir()
    (root / "images").symlink_to(panel / "images")
    (root / "images.csv").write_text((panel / "images.csv").read_text())
    (root / "votes.csv").write_text("\n".join(["user,item,beauty,part", *rows]) + "\n")
    (report,) = cli("evaluate", "personal", "--root", root, "--model", "looker", "--json").objects()
    assert report["users"] == 12
    table = cli("evaluate", "personal", "--root", root, "--model", "looker")
    assert "population prior" in table.out


def test_a_personal_model_is_trained_measured_and_kept(
    cli: Cli, panel: Path, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    result = cli(
        *("train", "personal", "--root", panel, "--model", "looker", "--steps", "1"),
        *("--output", made),
    )
    assert result.code == 0, result.err
    methods = {row["method"] for row in result.objects()}
    assert {"personal", "ridge", "population prior", "in-context alone", "crowd"} <= methods
    assert "validation raters, blend (0.0, 1.0)" in result.err
    card = json.loads((made / "personal.json").read_text())
    assert "SRCC personal k=10" in card["figures"]
    assert load_personal(made).reads_context == bool(card["blend"][1])


def test_without_measuring_no_network_is_made_and_that_is_said(
    cli: Cli, panel: Path, tmp_path: Path
) -> None:
    plain = ("train", "personal", "--root", panel, "--model", "looker", "--no-validate")
    result = cli(*plain, "--steps", "1", "--output", tmp_path)
    assert result.code == 0, result.err
    assert "the in-context reader is left out: without --validate" in " ".join(result.err.split())
    assert not load_personal(tmp_path).reads_context
    assert "left out" not in cli(*plain, "--steps", "0", "--output", tmp_path).err


def test_without_its_language_model_no_prompt_is_taught(
    cli: Cli, panel: Path, tmp_path: Path
) -> None:
    command = ("train", "personal", "--root", panel, "--model", "looker", "--reader", "prompt")
    result = cli(*command, "--steps", "1", "--output", tmp_path / "made")
    assert result.code != 0
    assert "aesplugin models pull mini" in result.err.splitlines()[-1]
    assert not (tmp_path / "made").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("language")
def test_a_language_model_is_taught_to_read_ratings_in_its_prompt(
    cli: Cli, panel: Path, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    command = ("train", "personal", "--root", panel, "--model", "looker", "--reader", "prompt")
    result = cli(*command, "--steps", "1", "--output", made)
    assert result.code == 0, result.err
    assert "in-context alone" in {row["method"] for row in result.objects()}
    card = made / "personal.json"
    told = json.loads(card.read_text())
    assert told["reader"] == "prompt"
    # twelve random raters may choose not to ask it: then nothing of it is kept
    assert isinstance(load_personal(made).reader, PromptReader) == bool(told["blend"][1])


def test_a_panel_of_few_ratings_is_refused_in_one_line(
    cli: Cli, panel: Path, tmp_path: Path
) -> None:
    (tmp_path / "images").symlink_to(panel / "images")
    (tmp_path / "images.csv").write_text((panel / "images.csv").read_text())
    votes = [f"u{user},{item},{1 + item % 7}" for user in range(3) for item in range(15)]
    (tmp_path / "votes.csv").write_text("\n".join(["user,item,beauty", *votes]) + "\n")
    result = cli("train", "personal", "--root", tmp_path, "--model", "looker")
    assert result.code != 0
    assert "nobody rated 20 photos" in result.err


def test_a_model_without_embeddings_is_refused_in_one_line(cli: Cli, panel: Path) -> None:
    result = cli("evaluate", "personal", "--root", panel, "--model", "fake")
    assert result.code != 0
    assert "fake gives no embeddings" in result.err


@pytest.mark.parametrize("command", ["personal", "groups"])
def test_an_absent_folder_is_one_line(cli: Cli, command: str) -> None:
    result = cli("evaluate", command, "--root", "/nowhere/at/all")
    assert result.code != 0
    assert [x for x in result.err.splitlines() if "/nowhere/at/all" in x]


def _frame(path: Path, seed: int, taken: str) -> None:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8))
    image = coarse.resize((160, 120), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker", "Model"
    exif.get_ifd(0x8769)[0x9003] = taken
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, exif=exif)


def test_bursts_of_two_days_are_counted_and_each_day_is_judged_by_the_other(
    cli: Cli, tmp_path: Path
) -> None:
    for day in (1, 2):
        for number in range(6):
            seconds = 20 * (number // 2) + number % 2
            taken = f"2026:05:0{day} 10:00:{seconds:02d}"
            _frame(tmp_path / f"day{day}" / f"{number}.jpg", 10 * day + number // 2, taken)
    result = cli("evaluate", "groups", "--root", tmp_path, "--json")
    assert result.code == 0, result.err
    (report,) = result.objects()
    assert (report["frames"], report["true"]) == (12, 6)
    assert [day["day"] for day in report["held_out"]] == ["2026-05-01", "2026-05-02"]
    assert all(set(day) == {"day", "limit", "pairs"} for day in report["held_out"])


def test_photos_without_times_are_refused_in_one_line(cli: Cli, photos: Path) -> None:
    result = cli("evaluate", "groups", "--root", photos)
    assert result.code != 0
    assert "no photo has a time in EXIF" in result.err


def test_ranking_and_culling_are_timed(cli: Cli) -> None:
    result = cli("evaluate", "taste", "--ranked", "400", "--culled", "40", "--json")
    assert result.code == 0, result.err
    report = json.loads(result.out)
    assert (report["rank"]["photos"], report["cull"]["photos"]) == (400, 40)
    assert report["cost"]["examples"] == 100
    assert report["cost"]["ratio"] >= 1
