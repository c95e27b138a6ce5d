from dataclasses import replace
from pathlib import Path

import pytest

from aesplugin.errors import SettingsError
from aesplugin.models.calm.config import CalmConfig
from aesplugin.training.datasets import NamedSet
from aesplugin.training.engine.config import CONFIGS, STAGES, Stage, load_config

_WHOLE = 'data = "a"\nfeatures = "b"\nout = "c"\n'


@pytest.mark.parametrize("size", ["mini", "full"])
def test_shipped_configurations_load(size: str) -> None:
    config = load_config(CONFIGS / f"{size}.toml")
    assert config.size == size
    assert set(config.stages) == set(STAGES)
    assert CalmConfig(**config.model).visual_tokens > 0


def test_a_dry_run_takes_two_steps() -> None:
    config = load_config(CONFIGS / "mini.toml", dry_run=True)
    assert config.stage("scores").steps == 2


def test_one_stage_can_be_given_another_length() -> None:
    config = load_config(CONFIGS / "mini.toml")
    longer = config.with_steps("scores", 7)
    assert longer.stage("scores").steps == 7
    assert longer.stage("scores").batch == config.stage("scores").batch
    assert longer.stage("comments") == config.stage("comments")


def test_weights_not_given_are_the_stages_own() -> None:
    config = load_config(CONFIGS / "mini.toml")
    own = config.stage("scores").weights
    assert own["comment"] == 1 and own["number"] == 0.5
    lighter = replace(config, stages={"scores": Stage(weights={"number": 0.1})})
    assert lighter.stage("scores").weights == {**own, "number": 0.1}


def test_a_first_round_after_the_last_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(_WHOLE + "rounds = 3\nfirst_round = 3\n")
    with pytest.raises(SettingsError, match=r"x.toml: first_round must be less than rounds \(3\)"):
        load_config(path)


def test_data_sets_are_listed_by_name_and_folder(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(
        _WHOLE + '[[sets]]\nname = "ava"\nroot = "sets/ava"\n[[sets]]\nname = "para"\nroot = "~/p"'
    )
    assert load_config(path).sets == (
        NamedSet(name="ava", root=Path("sets/ava")),
        NamedSet(name="para", root=Path("~/p").expanduser()),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data = 3 =", "not TOML"),
        (_WHOLE + "speed = 3", "unknown setting 'speed'; known: size, data"),
        ('features = "b"\nout = "c"', "'data' is missing"),
        (_WHOLE + 'seed = "one"', "seed: Input should be a valid integer"),
        (_WHOLE + "seed = true", "seed: Input should be a valid integer"),
        (_WHOLE + "limit = -1", "limit: Input should be greater than or equal to 0"),
        (_WHOLE + 'precision = "fp16"', "precision: Input should be 'fp32' or 'bf16'"),
        (_WHOLE + "stages = 3", "stages: "),
        (_WHOLE + "[stages.scores]\nstep = 1", "in stages scores unknown setting 'step'"),
        (_WHOLE + "[stages.score]\nsteps = 1", "stages.score: unknown stage; known: self"),
        (_WHOLE + "[stages.scores]\nsteps = 0", "stages.scores.steps: "),
        (_WHOLE + "[stages.scores]\nlearning_rate = nan", "stages.scores.learning_rate: "),
        (_WHOLE + "[stages.scores.weights]\nflaw = inf", "stages.scores.weights.flaw: "),
        (
            _WHOLE + "[stages.self_supervised.weights]\nordr = 5.0",
            "in stages self_supervised weights unknown loss 'ordr'; known: flaw, severity, way, ",
        ),
        (_WHOLE + "[stages.comments.weights]\ncue = 1", "unknown loss 'cue'; known: .*, remedy$"),
        (_WHOLE + "[model]\nwidht = 3", "in model unknown setting 'widht'; known: encoder, lang"),
        (_WHOLE + "[model]\nreturn_dict = true", "in model unknown setting 'return_dict'"),
        (_WHOLE + "[model]\nwidth = 0", "in model: invalid CALM configuration: width is 0"),
        (_WHOLE + "[model]\nheads = 5", "width 192 is not a multiple of 5 heads"),
        (_WHOLE + "[model.language]\nname = 'x'", r"language\.hidden_size is missing"),
        (_WHOLE + '[sets]\nname = "ava"', "write \\[\\[sets"),
        (_WHOLE + '[[sets]]\nname = "ava"', "'root' is missing"),
        (_WHOLE + '[[sets]]\nname = "ava"\nroot = 3', "'root' is"),
        (_WHOLE + '[[sets]]\nname = "avva"\nroot = "x"', "unknown data set 'avva'"),
        (_WHOLE + '[[sets]]\nname = "ava"\nroot = "x"\nx = "y"', "unknown setting 'x'"),
        (
            _WHOLE + '[[sets]]\nname = "ava"\nroot = "x"\n' * 2,
            "the data set 'ava' is listed twice",
        ),
    ],
)
def test_bad_files_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=message) as caught:
        load_config(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_config(tmp_path / "none.toml")
