"""What every registered sidecar format must keep to."""

import pytest

from aesplugin import registry
from aesplugin.errors import SidecarError
from aesplugin.sidecars.base import Publication, SidecarFormat

SAID = Publication(score=6.5, comment="A comment.", suggestions=("Crop.",), stars=3)


@pytest.fixture(params=registry.names("sidecars"))
def format_(request: pytest.FixtureRequest) -> SidecarFormat:
    made: SidecarFormat = registry.load("sidecars", request.param)()
    return made


def test_a_new_file_can_be_read_and_merged_again(format_: SidecarFormat) -> None:
    merged = format_.merge(None, SAID)
    assert merged.data is not None and merged.changes
    assert format_.merge(merged.data, SAID).data is merged.data


def test_what_we_wrote_is_nobodys_word(format_: SidecarFormat) -> None:
    data = format_.merge(None, SAID).data
    assert data is not None
    assert format_.read(data).stars is None


def test_restoring_takes_all_of_it_back(format_: SidecarFormat) -> None:
    data = format_.merge(None, SAID).data
    assert data is not None
    back = format_.restore(data, None).data
    assert back is not None
    assert not format_.merge(back, Publication()).changes


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"<", bytes(1000)])
def test_damage_is_an_error_in_one_line(format_: SidecarFormat, data: bytes) -> None:
    for attempt in (format_.read, lambda d: format_.merge(d, SAID)):
        with pytest.raises(SidecarError) as caught:
            attempt(data)
        assert "\n" not in str(caught.value)


def test_the_suffix_begins_with_a_dot(format_: SidecarFormat) -> None:
    assert format_.suffix.startswith(".")
