"""A server that changes between two runs of one process, and whose card was read before it was."""

from pathlib import Path

import pytest

from aesplugin.compose import Workshop
from aesplugin.errors import ModelAway, ModelError
from aesplugin.settings import load_settings
from tests.models.server.fakes import FakeServer, running


def workshop(fake: FakeServer, folder: Path) -> Workshop:
    return Workshop(
        load_settings(
            model=f"server:{fake.model}",
            server_url=fake.url,
            cache=folder,
            catalog=str(folder / "catalog.sqlite3"),
            job_seconds=6.0,
        )
    )


def test_a_server_that_changed_between_two_runs_is_noticed(tmp_path: Path) -> None:
    with running(FakeServer()) as fake:
        parts = workshop(fake, tmp_path)
        parts.score_run()
        before = parts.card.revision
        parts.score_run()
        fake.has_logprobs = False
        with pytest.raises(ModelError, match=r"is not what it was .*: start again"):
            parts.score_run()
        again = workshop(fake, tmp_path)
        again.score_run()
        assert again.card.revision != before


def test_nothing_is_stored_under_the_card_of_a_server_that_nobody_had_asked(tmp_path: Path) -> None:
    with running(FakeServer()) as fake:
        parts = workshop(fake, tmp_path)
        assert "not-asked-yet" in parts.card.revision
        with pytest.raises(ModelError, match="start again"):
            _ = parts.model
        with pytest.raises(ModelError, match="start again"):
            parts.score_run()


def test_a_server_that_is_away_is_needed_only_the_first_time(tmp_path: Path) -> None:
    with running(FakeServer()) as fake:
        pass
    with pytest.raises(ModelAway):
        workshop(fake, tmp_path).refresh_card()
    with running(fake, port=fake.port):
        parts = workshop(fake, tmp_path)
        parts.refresh_card()
    later = workshop(fake, tmp_path)
    later.refresh_card()
    assert later.card == parts.card


def test_other_models_are_not_asked(tmp_path: Path) -> None:
    parts = Workshop(load_settings(model="fake", cache=tmp_path))
    parts.refresh_card()
    assert parts.card.revision == "fake-1"
