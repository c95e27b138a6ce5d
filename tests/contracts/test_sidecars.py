"""What every registered sidecar format must keep to."""

from dataclasses import replace

import pytest

from aesplugin import registry
from aesplugin.decision import Choice
from aesplugin.errors import SidecarError
from aesplugin.sidecars.base import Publication, SidecarFormat

SAID = Publication(score=6.5, comment="A comment.", suggestions=("Crop.",), stars=3)


@pytest.fixture(params=registry.names("sidecars"))
def format_(request: pytest.FixtureRequest) -> SidecarFormat:
    return registry.sidecar_format(request.param)


def test_a_new_file_can_be_read_and_merged_again(format_: SidecarFormat) -> None:
    merged = format_.merge(None, SAID)
    assert merged.data is not None and merged.changes
    assert format_.merge(merged.data, SAID).data is merged.data


def test_what_we_wrote_is_nobodys_word(format_: SidecarFormat) -> None:
    data = format_.merge(None, SAID).data
    assert data is not None
    assert format_.read(data).stars is None


def test_restoring_takes_all_of_it_back(format_: SidecarFormat) -> None:
    if type(format_).restore is SidecarFormat.restore:
        pytest.skip("cannot tell our words from others'")
    data = format_.merge(None, SAID).data
    assert data is not None
    back = format_.restore(data, None).data
    assert back is not None
    assert not format_.merge(back, Publication()).changes


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"<", bytes(1000)])
def test_damage_is_an_error_in_one_line(format_: SidecarFormat, data: bytes) -> None:
    attempts = [lambda given: format_.merge(given, SAID)]
    if type(format_).read is not SidecarFormat.read:
        attempts.append(format_.read)
    for attempt in attempts:
        with pytest.raises(SidecarError) as caught:
            attempt(data)
        assert "\n" not in str(caught.value)


def test_only_stars_are_called_stars_and_only_where_there_are_some(
    format_: SidecarFormat,
) -> None:
    with_stars = {one.field for one in format_.merge(None, SAID).changes if one.is_stars}
    assert len(with_stars) == format_.has_stars
    without = format_.merge(None, replace(SAID, stars=None)).changes
    assert not any(one.is_stars for one in without)


def test_what_it_has_is_written(format_: SidecarFormat) -> None:
    fields: dict[str, tuple[bool, Publication]] = {
        "stars": (format_.has_stars, replace(SAID, stars=4)),
        "choice": (format_.has_choice, replace(SAID, choice=Choice.PICK)),
        "tags": (format_.has_tags, replace(SAID, tags=(("a", "b"),))),
        "keywords": (format_.has_keywords, replace(SAID, keywords=(("a", "b"),))),
        "description": (format_.has_description, replace(SAID, description="Seen.")),
    }
    plain = format_.merge(None, SAID).data
    for name, (has, wanted) in fields.items():
        assert (format_.merge(None, wanted).data != plain) == has, name


def test_the_suffix_begins_with_a_dot(format_: SidecarFormat) -> None:
    assert format_.suffix.startswith(".")
