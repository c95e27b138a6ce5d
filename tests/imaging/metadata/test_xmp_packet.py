import pytest

from aesplugin.imaging.metadata.xmp_packet import Packet, read_packet


def packet(inside: str) -> bytes:
    return f'JPEG<x:xmpmeta xmlns:x="adobe:ns:meta/">{inside}</x:xmpmeta>rest'.encode()


@pytest.mark.parametrize(
    ("inside", "wanted"),
    [
        ('<rdf:Description xmp:Rating="4"/>', 4),
        ("<rdf:Description xmp:Rating='4'/>", 4),
        ("<xmp:Rating>3</xmp:Rating>", 3),
        ('<a xap:Rating = "-1"/>', -1),
        ('<a xmp:Rating="0"/>', 0),
        ('<a xmp:Rating="5.0"/>', 5),
        ('<a xmp:Rating="7"/>', None),
        ('<a xmp:Rating=""/>', None),
        ('<a MicrosoftPhoto:Rating="75"/>', None),
        ('<a xmp:RatingPercent="60"/>', None),
        ("", None),
    ],
)
def test_stars(inside: str, wanted: int | None) -> None:
    assert read_packet(packet(inside)).rating == wanted


def test_googles_burst() -> None:
    data = packet('<a GCamera:BurstID="8bafacec-2d9c" GCamera:BurstPrimary="1"/>')
    assert read_packet(data) == Packet(burst_id="8bafacec-2d9c")


def test_only_the_packet_counts() -> None:
    assert read_packet(b'xmp:Rating="4"') == Packet()
    assert read_packet(packet("") + b'xmp:Rating="4"') == Packet()


def test_a_packet_cut_off_is_still_read() -> None:
    assert read_packet(b'<x:xmpmeta><a xmp:Rating="2"').rating == 2


@pytest.mark.parametrize(
    ("inside", "wanted"),
    [
        ('<a xmp:Rating="1" xmlns:darktable="http://darktable.sf.net/"/>', None),
        ('<a xmlns:darktable="http://darktable.sf.net/" xmp:Rating="2"/>', 2),
        ('<a xmlns:darktable="http://darktable.sf.net/" xmp:Rating="-1"/>', -1),
        ('<a xmp:Rating="1"/>', 1),
    ],
)
def test_darktables_default_star_is_no_rating(inside: str, wanted: int | None) -> None:
    read = read_packet(packet(inside))
    assert (read.rating, read.default_star) == (wanted, wanted is None)
