"""Settings: file, environment, bad values; and documentation that cannot drift."""

import os
from pathlib import Path

import pytest

from aesplugin.errors import SettingsError
from aesplugin.settings import Settings, load_settings

_DOCUMENT = Path(__file__).parent.parent / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "aesplugin.toml"
    path.touch()
    monkeypatch.setenv("AES_CONFIG", str(path))
    return path


def test_the_environment_overrides_the_file(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text("batch_size = 3\nthreads = 1\n")
    monkeypatch.setenv("AES_BATCH_SIZE", "5")
    settings = load_settings()
    assert (settings.batch_size, settings.threads) == (5, 1)


def test_an_option_overrides_both_and_none_overrides_nothing(config: Path) -> None:
    config.write_text("batch_size = 3\n")
    assert load_settings(batch_size=7).batch_size == 7
    assert load_settings(batch_size=None).batch_size == 3


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("batch_sise = 3", "batch_sise"),
        ("batch_size = 0", "batch_size"),
        ("batch_size = 'many'", "batch_size"),
        ("batch_size = ", "aesplugin.toml"),
    ],
)
def test_a_bad_setting_is_named_in_one_line(config: Path, content: str, named: str) -> None:
    config.write_text(content)
    with pytest.raises(SettingsError, match=named) as caught:
        load_settings()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["aesplugin.tmol", "no/folder/aesplugin.toml", "", "~/of/mine.toml"]
)
def test_a_file_that_is_named_must_be_there(
    config: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Else a misspelt name would leave all settings at their defaults, unnoticed."""
    named = name if name.startswith("~") else str(config.parent / name)
    monkeypatch.setenv("AES_CONFIG", named)
    with pytest.raises(SettingsError, match="AES_CONFIG") as caught:
        load_settings()
    assert Path(named).name in str(caught.value) and "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_no_file_need_be_there_where_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("", os.devnull):
        monkeypatch.setenv("AES_CONFIG", name)
        assert load_settings().batch_size == Settings.model_fields["batch_size"].default


def test_a_personal_model_lies_where_the_user_says(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().personal is None
    config.write_text('personal = "~/mine"')
    assert load_settings().personal == Path.home() / "mine"
    monkeypatch.setenv("AES_PERSONAL", "")
    assert load_settings().personal is None


def test_every_setting_stands_in_the_documentation_with_its_meaning() -> None:
    rows = {
        line.split("|")[1].strip(" `"): line
        for line in _DOCUMENT.read_text().splitlines()
        if line.startswith("| `")
    }
    assert list(rows) == list(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        assert field.description
        assert field.description in rows[name]
        if field.default_factory is None:
            assert f"`{field.default!r}`" in rows[name].replace('"', "'")


def test_there_are_few_enough_settings_to_read() -> None:
    assert len(Settings.model_fields) <= 25
