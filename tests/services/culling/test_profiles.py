import pytest

from aesplugin.errors import UsageError
from aesplugin.services.culling import profiles
from aesplugin.services.culling.burst_winner import _NOTICEABLE


def test_the_promised_genres_are_there() -> None:
    of_people = {"auto", "portrait", "family", "wedding", "event"}
    assert of_people | {"landscape", "sport", "wildlife", "general"} == set(profiles.names())


@pytest.mark.parametrize("name", profiles.names())
def test_every_profile_is_sound(name: str) -> None:
    profile = profiles.load(name)
    assert profile.summary.endswith(".")
    assert 0 <= profile.diversity <= 1
    assert profile.scene_minutes > 0
    assert set(profile.weights) <= set(_NOTICEABLE)
    assert all(weight > 0 for weight in profile.weights.values())
    assert "noise" not in profile.weights  # misleads inside a group


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="portrait"):
        profiles.load("cats")
