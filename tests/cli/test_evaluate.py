"""aesplugin evaluate: tables, JSON and pictures by the real command line, with small judges."""

import json
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pytest
import typer
from PIL import Image

from aesplugin.cli import evaluations
from aesplugin.cli.evaluate import BENCHMARKS, app
from aesplugin.cli.evaluations.shared import load_judge, plain
from aesplugin.training.photos import split_of
from tests.cli.conftest import Cli, make_photo

_JUDGES = {"critic": "CriticBackend", "reader": "ReaderBackend"}


@pytest.fixture(autouse=True)
def judges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The judges of the evaluation's tests, plugged in as another package would."""
    info = tmp_path / "plugins" / "judges-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: judges\nVersion: 1\n")
    lines = [f"{name} = tests.evaluation.judges:{found}" for name, found in _JUDGES.items()]
    (info / "entry_points.txt").write_text("\n".join(["[aesplugin.models]", *lines, ""]))
    monkeypatch.syspath_prepend(str(info.parent))


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A folder of three well-lit photos."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        coarse = Image.fromarray(rng.integers(90, 200, (6, 8, 3), np.uint8))
        (tmp_path / "good").mkdir(exist_ok=True)
        coarse.resize((160, 120), Image.Resampling.BICUBIC).save(tmp_path / "good" / f"{seed}.png")
    return tmp_path / "good"


def _strict(text: str) -> Any:
    """JSON as the standard has it: no NaN."""
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom aesplugin.cli.main import app\n"
        "try:\n    app(['evaluate', '--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = ('torch', 'numpy', 'matplotlib', 'cv2', 'pycocoevalcap', 'transformers')\n"
        "loaded = [name for name in heavy if name in sys.modules]\n"
        "sys.exit(repr(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_benchmark_has_one_file_and_one_line() -> None:
    names = [module.name for module in iter_modules(evaluations.__path__)]
    files = [
        name
        for name in names
        if hasattr(import_module(f"aesplugin.cli.evaluations.{name}"), "command")
    ]
    assert sorted(files) == sorted(BENCHMARKS)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_example_is_a_command_of_ours(name: str) -> None:
    help_text = import_module(f"aesplugin.cli.evaluations.{name}").command.__doc__
    example = next(line for line in help_text.splitlines() if "Example:" in line)
    _, _, arguments = example.partition(f"aesplugin evaluate {name}")
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    with command.make_context(name, shlex.split(arguments)) as context:
        assert context.params


def test_numbers_that_are_none_become_null() -> None:
    assert plain({1: [float("nan"), (1.5, float("inf"))]}) == {"1": [None, [1.5, None]]}


def test_a_model_that_can_is_loaded_without_its_comments(cli: Cli) -> None:
    assert load_judge("critic", None, comments=False).comments is False  # type: ignore[attr-defined]
    assert load_judge("critic", None, comments=True).comments is True  # type: ignore[attr-defined]
    assert load_judge("fake", None, comments=False).card.name == "fake"


class TestFlaws:
    """A judge of light on well-lit photos."""

    @pytest.fixture(autouse=True)
    def opencv(self) -> None:
        pytest.importorskip("cv2")

    def test_the_table_names_every_flaw_and_strength(self, cli: Cli, good: Path) -> None:
        done = cli("evaluate", "flaws", good, "--model", "critic", "--count", "2")
        assert done.code == 0, done.err
        assert done.out.count("underexposed") == 2
        assert "clean photos with a reported flaw (false positives): 0.000 of 2" in done.out

    def test_json_and_plot(self, cli: Cli, good: Path, tmp_path: Path) -> None:
        pytest.importorskip("matplotlib")
        plot = tmp_path / "flaws.png"
        chosen = ("--strength", "strong", "--json", "--plot", plot)
        done = cli("evaluate", "flaws", good, "--model", "critic", *chosen)
        found = _strict(done.out)
        assert found["model"] == "critic@7"
        dark = next(row for row in found["rows"] if row["flaw"] == "underexposed")
        assert (dark["named"], dark["direction"], dark["photos"]) == (1.0, 1.0, 3)
        assert found["figures"]["clean, flaw reported"] == 0
        assert Image.open(plot).width > 600
        assert "flaws.png" in done.err

    def test_without_suggestions_it_says_so(self, cli: Cli, good: Path) -> None:
        done = cli("evaluate", "flaws", good, "--strength", "strong")
        assert done.code == 0
        assert "gives no suggestions" in done.out
        done = cli("evaluate", "flaws", good, "--strength", "strong", "--json")
        assert _strict(done.out)["figures"]["clean, flaw reported"] is None

    def test_as_shown_there_is_the_measured_advice(self, cli: Cli, good: Path) -> None:
        done = cli("evaluate", "flaws", good, "--strength", "strong", "--shown")
        assert "gives no suggestions" not in done.out

    def test_photos_that_training_saw_are_left_out(self, cli: Cli, tmp_path: Path) -> None:
        names = [f"{number}.jpg" for number in range(40)]
        unseen = [name for name in names if split_of(f"flickr8k/{name}") == "test"]
        seen = [name for name in names if name not in unseen]
        for seed, name in enumerate([unseen[0], *seen[:3]]):
            make_photo(tmp_path / "flickr8k" / name, seed=seed)
        arguments = ("evaluate", "flaws", tmp_path / "flickr8k", "--strength", "strong", "--json")
        done = cli(*arguments)
        assert _strict(done.out)["clean"] == 1
        assert "3 photos that may be training data are left out" in done.err
        assert _strict(cli(*arguments, "--all").out)["clean"] == 4
        (tmp_path / "flickr8k" / unseen[0]).unlink()
        done = cli(*arguments)
        assert done.code == 7
        assert "every photo in it may be training data" in done.err

    @pytest.mark.parametrize("folder", ["stock708", "oasis/images", "crops/images"])
    def test_every_folder_of_training_is_known(self, cli: Cli, tmp_path: Path, folder: str) -> None:
        train = next(f"{n}.jpg" for n in range(40) if split_of(f"images/{n}.jpg") == "train")
        make_photo(tmp_path / folder / train, seed=1)
        done = cli("evaluate", "flaws", tmp_path / folder)
        assert done.code == 7
        assert "every photo in it may be training data" in done.err

    def test_what_cannot_be_used_is_one_line(self, cli: Cli, good: Path, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        (tmp_path / "broken").mkdir()
        (tmp_path / "broken" / "a.jpg").write_bytes(b"no picture")
        for arguments, code, complaint in [
            ((tmp_path / "empty",), 7, "is not a folder of photos"),
            ((tmp_path / "absent",), 7, "is not a folder of photos"),
            ((tmp_path / "broken",), 7, "a.jpg"),
            ((good, "--strength", "fierce"), 2, "unknown strength 'fierce'"),
            ((good, "--plot", tmp_path / "x.doc"), 2, "a plot's file name must end in"),
            ((good, "--plot", tmp_path / "absent" / "x.png"), 2, "is not a folder"),
            ((good, "--model", "nonesuch"), 2, "unknown model"),
        ]:
            done = cli("evaluate", "flaws", *arguments)
            assert (done.code, done.err.count("\n")) == (code, 1), done.err
            assert complaint in done.err


class TestCrops:
    """Human crops in FLMS' layout."""

    @staticmethod
    def _root(folder: Path) -> Path:
        names = [f"{number}.png" for number in range(60)]
        unseen = [name for name in names if split_of(f"images/{name}") == "test"][:2]
        seen = [name for name in names if split_of(f"images/{name}") == "train"][:2]
        for seed, name in enumerate([*unseen, *seen]):
            make_photo(folder / "images" / name, seed=seed)
        boxes = {name: [[0.1, 0.1, 0.6, 0.7], [0.2, 0.0, 0.9, 0.5]] for name in [*unseen, *seen]}
        (folder / "crops.json").write_text(json.dumps(boxes))
        return folder

    def test_only_photos_training_never_saw(self, cli: Cli, tmp_path: Path) -> None:
        root = self._root(tmp_path)
        done = cli("evaluate", "crops", "--root", root, "--json")
        assert _strict(done.out)["pairs"] == 4
        assert "2 of 4 photos are in the test split" in done.err
        assert (
            _strict(cli("evaluate", "crops", "--root", root, "--all", "--json").out)["pairs"] == 8
        )
        once = cli("evaluate", "crops", "--root", root, "--pairs", "1", "--json")
        assert _strict(once.out)["pairs"] == 2

    def test_table_and_plot(self, cli: Cli, tmp_path: Path) -> None:
        pytest.importorskip("matplotlib")
        plot = tmp_path / "crops.png"
        done = cli("evaluate", "crops", "--root", self._root(tmp_path), "--plot", plot)
        assert "human crop outscores a random one" in done.out
        assert plot.is_file()

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            (None, "cannot be read"),
            ("{", "is not JSON"),
            ("[]", "must be an object"),
            ("{}", "names no photo of the test split"),
        ],
    )
    def test_a_wrong_table(
        self, cli: Cli, tmp_path: Path, text: str | None, complaint: str
    ) -> None:
        if text is not None:
            (tmp_path / "crops.json").write_text(text)
        done = cli("evaluate", "crops", "--root", tmp_path)
        assert done.code == 7
        assert complaint in done.err and "crops.json" in done.err


class TestComments:
    """A critic who knows darkness only."""

    @pytest.fixture(autouse=True)
    def opencv(self) -> None:
        pytest.importorskip("cv2")

    def test_claims_beat_their_control(self, cli: Cli, good: Path, tmp_path: Path) -> None:
        critiques = tmp_path / "pccd.json"
        critiques.write_text(json.dumps([{"focus": "a b c d e f g h i j"}]))
        done = cli(
            *("evaluate", "comments", good, "--model", "critic", "--flaws", "5"),
            *("--critiques", critiques, "--json"),
        )
        found = _strict(done.out)
        assert found["model"] == "critic@7"
        assert (found["comments"], found["flawed"]) == (18, 15)
        assert found["by_flaw"]["underexposed"] == 1.0
        assert found["named"] > found["named_control"]
        assert found["clean_accused"] == 0 and found["quoted"] == 0
        assert found["likeness"] == {}

    def test_table_plot_and_references(self, cli: Cli, good: Path, tmp_path: Path) -> None:
        pytest.importorskip("matplotlib")
        pytest.importorskip("pycocoevalcap")
        references, plot = tmp_path / "said.json", tmp_path / "comments.png"
        references.write_text(json.dumps({"0.png": ["The light is well judged."], "1.png": ["A"]}))
        done = cli(
            *("evaluate", "comments", good, "--model", "critic", "--flaws", "2"),
            *("--references", references, "--plot", plot),
        )
        assert "people's comments on 2 photos" in done.out
        assert "CIDEr" in done.out and "compared with other photos" in done.out
        assert plot.is_file()

    def test_a_model_without_comments_says_so(self, cli: Cli, good: Path) -> None:
        done = cli("evaluate", "comments", good)
        assert done.code == 0
        assert done.out == "fake writes no comments: there is nothing to measure\n"
        done = cli("evaluate", "comments", good, "--json")
        assert _strict(done.out) == {"model": "fake@fake-1", "comments": 0}

    def test_what_cannot_be_used_is_one_line(self, cli: Cli, good: Path, tmp_path: Path) -> None:
        wrong = tmp_path / "wrong.json"
        wrong.write_text("{")
        others = tmp_path / "others.json"
        others.write_text(json.dumps({"elsewhere.png": ["A dog."]}))
        for arguments, code, complaint in [
            (("--critiques", wrong), 7, "is not JSON"),
            (("--critiques", tmp_path / "absent.json"), 7, "cannot be read"),
            (("--references", wrong), 7, "is not JSON"),
            (("--references", others), 7, "none of these photos"),
            (("--strength", "mild", "--strength", "strong"), 2, "give --strength once"),
        ]:
            done = cli("evaluate", "comments", good, *arguments)
            assert (done.code, done.err.count("\n")) == (code, 1), done.err
            assert complaint in done.err


class TestOasis:
    """Votes that follow the brightness."""

    @staticmethod
    def _root(folder: Path) -> Path:
        lines = ["item,file,theme,beauty_mos"]
        (folder / "images").mkdir()
        for number in range(6):
            level = 40 * number
            Image.new("RGB", (50, 40), (level,) * 3).save(folder / "images" / f"{number}.png")
            lines.append(f"{number},{number}.png,T{number},{1 + level / 50}")
        (folder / "images.csv").write_text("\n".join(lines) + "\n")
        return folder

    def test_read_outs_side_by_side(self, cli: Cli, tmp_path: Path) -> None:
        pytest.importorskip("matplotlib")
        plot = tmp_path / "oasis.png"
        done = cli(
            *("evaluate", "oasis", "--root", self._root(tmp_path), "--model", "reader"),
            *("--json", "--plot", plot),
        )
        found = _strict(done.out)
        assert found["best_read_out"] == "regression"
        assert set(found["read_outs"]) == {"regression", "levels", "text"}
        assert found["srcc"] == found["shipped"]["srcc"] == pytest.approx(1)
        assert found["held_out"] is None and "does not record" in found["note"]
        assert plot.is_file()

    def test_the_table_marks_the_best(self, cli: Cli, tmp_path: Path) -> None:
        done = cli("evaluate", "oasis", "--root", self._root(tmp_path), "--model", "reader")
        assert "read-out regression *" in done.out
        assert "KRCC" in done.out and "RMSE" in done.out

    def test_a_missing_table_is_one_line(self, cli: Cli, tmp_path: Path) -> None:
        done = cli("evaluate", "oasis", "--root", tmp_path)
        assert done.code == 7
        assert "images.csv cannot be read" in done.err
