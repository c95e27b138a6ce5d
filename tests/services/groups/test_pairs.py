"""Which files are of one exposure: by body, clock and picture, never by the name alone."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from aesplugin.services.groups.frame import Frame
from aesplugin.services.groups.pairs import pair_up
from aesplugin.services.groups.partition import looks_of
from tests.services.groups.builders import frame

SAME = 0x0123_4567_89AB_CDEF
OTHER = SAME ^ 0xFFFF_FFFF  # half of the bits


def shot(path: str, seconds: float | None = 0.23, **facts: object) -> Frame:
    folder, _, name = path.rpartition("/")
    if name.lower().endswith((".dng", ".cr3", ".nef")):
        facts = {"format": name[-3:].upper()} | facts
    return frame(name, seconds, folder=f"/shoot/{folder}".rstrip("/"), **({"hash": SAME} | facts))


def together(*frames: Frame) -> Mapping[str, tuple[str, ...]]:
    """Paths below /shoot: which file stands for which others."""
    path = {one.key: one.path.removeprefix("/shoot/") for one in frames}
    found = pair_up(frames, looks_of(frames, {}))
    assert sorted(key for unit, more in found.items() for key in (unit, *more)) == sorted(path)
    return {path[unit]: tuple(path[key] for key in more) for unit, more in found.items() if more}


@pytest.mark.parametrize(
    ("jpeg", "raw"),
    [
        ("IMG_1.jpg", "IMG_1.dng"),
        ("img_1.JPG", "IMG_1.CR3"),
        ("IMG_1 .heic", "IMG_1.dng"),
        ("IMG_1.dng.jpg", "IMG_1.dng"),
        ("IMG_1.CR3.jpeg", "IMG_1.CR3"),
        ("PXL_1.RAW-01.COVER.jpg", "PXL_1.RAW-02.ORIGINAL.dng"),
        ("PXL_1.NIGHT.RAW-01.COVER.jpg", "PXL_1.NIGHT.RAW-02.ORIGINAL.dng"),
        ("PXL_1.RAW-01.MP.COVER.jpg", "PXL_1.RAW-02.ORIGINAL.dng"),
        ("PXL_1.NIGHT.jpg", "PXL_1.dng"),
        ("WP_1_Pro.jpg", "WP_1_Pro__highres.dng"),
        ("IMG_1.jpg", "IMG_1_RAW.dng"),
        ("JPG/IMG_1.jpg", "RAW/IMG_1.dng"),
        ("IMG_1.jpg", "raw/IMG_1.dng"),
        ("2026/jpg/IMG_1.JPG", "archive/disk 2/IMG_1.NEF"),
        ("CSC_0007.JPG", "DSC_0007.NEF"),  # retouched in the camera
        ("IMG_0311.JPG", "IMG_0007.CR3"),  # developed in the camera, later
    ],
)
def test_raw_and_jpeg_of_one_moment_are_one_photo(jpeg: str, raw: str) -> None:
    assert together(shot(jpeg), shot(raw)) == {jpeg: (raw,)}
    assert together(shot(raw), shot(jpeg)) == {jpeg: (raw,)}


@pytest.mark.parametrize(
    "raw", ["IMG_1.dng", "RAW/IMG_1.dng", "IMG_1.RAW-02.ORIGINAL.dng", "x.dng"]
)
def test_two_frames_of_a_burst_are_never_a_pair(raw: str) -> None:
    for later in (0.033, 0.05, 0.1, 0.9):
        assert together(shot("IMG_1.jpg", 0.23), shot(raw, 0.23 + later)) == {}


@pytest.mark.parametrize(
    "raw", ["IMG_1.dng", "RAW/IMG_1.dng", "IMG_1.RAW-02.ORIGINAL.dng", "x.dng"]
)
def test_another_body_picture_or_day_makes_no_pair(raw: str) -> None:
    jpeg = shot("IMG_1.jpg")
    assert together(jpeg, shot(raw, model="Y")) == {}
    assert together(jpeg, shot(raw, serial="2")) == {}
    assert together(jpeg, shot(raw, 86_400.23)) == {}
    assert together(shot("IMG_1.jpg", None), shot(raw, None, hash=OTHER)) == {}
    if raw != "IMG_1.dng":  # one name, body and instant: the RAW is only rendered otherwise
        assert together(jpeg, shot(raw, hash=OTHER)) == {}


def test_a_converter_writes_the_body_its_own_way() -> None:
    raw = shot("IMG_1.dng", make="NIKON CORPORATION", model="NIKON Z 9", serial="0006001")
    jpeg = shot("IMG_1.jpg", make="Nikon", model="Z 9", serial="6001")
    assert together(jpeg, raw) == {"IMG_1.jpg": ("IMG_1.dng",)}


def test_clocks_of_whole_seconds_need_a_name() -> None:
    """Without sub-seconds a burst's frames share a second: only the name tells which is which."""
    pair = together(
        *(shot(f"{d}/IMG_{n}.{e}", 5) for n in (1, 2) for d, e in (("J", "jpg"), ("R", "dng")))
    )
    assert pair == {"J/IMG_1.jpg": ("R/IMG_1.dng",), "J/IMG_2.jpg": ("R/IMG_2.dng",)}
    assert together(shot("IMG_1.jpg", 5), shot("IMG_2.dng", 5)) == {}
    assert together(shot("IMG_1.jpg", 5.2), shot("IMG_2.dng", 5.2)) == {}  # tenths alone


@pytest.mark.parametrize(
    ("jpeg", "raw", "is_pair"),
    [
        ("IMG_0311.JPG", "IMG_0007.CR3", True),  # developed in the camera, later
        ("CSC_0007.JPG", "DSC_0007.NEF", True),
        ("IMG_0007-2.jpg", "IMG_0007.CR3", True),  # exported a second time
        ("IMG_0007.JPG", "IMG_0007 (1).CR3", True),  # fetched a second time
        ("IMG_0007-2.jpg", "IMG_0007-3.CR3", False),
        ("20260101_101010.jpg", "20260101_101010(1).dng", False),
        ("IMG_20260101_101010_1.jpg", "IMG_20260101_101010.dng", False),
        ("IMG_0008.JPG", "IMG_0007.CR3", False),
        ("IMG_0037.JPG", "IMG_0007.CR3", False),
        ("IMG_0001.JPG", "IMG_9999.CR3", False),
        ("IMG_20260101_101010_311.jpg", "IMG_20260101_101010_007.dng", False),
        ("20260101_101010(0).jpg", "20260101_101010(1).dng", False),
        ("holiday.jpg", "IMG_0007.CR3", False),
    ],
)
def test_of_one_whole_second_the_cameras_count_parts_a_copy_from_a_burst(
    jpeg: str, raw: str, is_pair: bool
) -> None:
    assert together(shot(jpeg, 5), shot(raw, 5)) == ({jpeg: (raw,)} if is_pair else {})
    assert together(shot(jpeg, 5), shot(raw, 5, hash=SAME ^ 0xFFFF)) == {}
    assert together(shot(jpeg, 5), shot(raw, 5, exposure_time=1), shot("x.dng", 6)) == {}
    assert together(shot(jpeg, 5), shot(raw, 6)) == {}


def test_a_copy_of_the_jpeg_goes_with_the_raw() -> None:
    raw, jpeg = shot("IMG_1.dng", 5), shot("IMG_1.jpg", 5)
    for name in ("IMG_1 copy.jpg", "IMG_1 - Kopie (2).jpg"):
        assert together(raw, shot(name, 5), jpeg) == {"IMG_1.jpg": ("IMG_1.dng", name)}
        assert together(shot(name, 5), jpeg) == {}


def test_names_are_compared_as_they_read() -> None:
    composed, decomposed = "\u00e9t\u00e9_1.JPG", "e\u0301te\u0301_1.dng"
    assert together(shot(composed), shot(decomposed)) == {composed: (decomposed,)}


def test_one_clock_may_lack_the_sub_seconds() -> None:
    assert together(shot("IMG_1.jpg", 5.7), shot("IMG_1.dng", 5)) == {"IMG_1.jpg": ("IMG_1.dng",)}
    assert together(shot("J/IMG_1.jpg", 5.7), shot("R/IMG_1.dng", 5)) == {
        "J/IMG_1.jpg": ("R/IMG_1.dng",)
    }


def test_without_a_clock_folders_must_lie_together() -> None:
    assert together(shot("JPG/IMG_1.jpg"), shot("RAW/IMG_1.dng", None)) == {
        "JPG/IMG_1.jpg": ("RAW/IMG_1.dng",)
    }
    assert together(shot("a/b/IMG_1.jpg"), shot("c/d/IMG_1.dng", None)) == {}


def test_a_raw_with_several_rivals_of_one_instant_is_paired_with_none_by_the_clock() -> None:
    raws = [shot("IMG_1.dng"), shot("IMG_2.dng", 0.25)]
    assert together(shot("COPY.jpg"), *raws) == {}
    assert together(shot("COPY.jpg", exposure_time=1.0), shot("IMG_1.dng", exposure_time=0.1)) == {}


def test_all_files_of_an_exposure_are_one_photo_and_the_cameras_jpeg_stands_for_it() -> None:
    names = ("IMG_1-Enhanced-NR.dng", "IMG_1-edit.jpg", "IMG_1.CR3", "IMG_1.HEIC", "IMG_1.dng")
    assert together(*map(shot, names)) == {
        "IMG_1.HEIC": ("IMG_1-Enhanced-NR.dng", "IMG_1-edit.jpg", "IMG_1.CR3", "IMG_1.dng")
    }


@pytest.mark.parametrize(
    ("version", "original"),
    [
        ("IMG_1-edit.jpg", "IMG_1.jpg"),
        ("IMG_1-edit.jpg", "IMG_1.dng"),
        ("IMG_1-Edit-2.tif", "IMG_1.NEF"),
        ("IMG_1 (edited).jpg", "IMG_1.heic"),
        ("IMG_1-bearbeitet.jpg", "IMG_1.jpg"),
        ("IMG_E0001.JPG", "IMG_0001.HEIC"),
        ("20260101_101010~2.jpg", "20260101_101010.jpg"),
        ("edited/IMG_1-edited.jpg", "IMG_1.jpg"),
    ],
)
def test_an_edited_file_goes_with_its_original_which_stands_for_both(
    version: str, original: str
) -> None:
    assert together(shot(version), shot(original)) == {original: (version,)}
    assert together(shot(version, 5), shot(original, 5.3)) == {original: (version,)}
    assert together(shot(version), shot(original, 40)) == {}


MADE_LATER = [
    ("IMG_1~2.jpg", "IMG_1.jpg"),
    ("IMG_1~2.jpg", "IMG_1~3.jpg"),
    ("IMG_1-edit.jpg", "IMG_1.jpg"),
    ("edited/IMG_1~2.jpg", "IMG_1.jpg"),
    ("IMG_1~2.jpg", "IMG_1.dng"),
    ("IMG_1 copy.jpg", "IMG_1.dng"),
    ("IMG_1 (2).jpg", "IMG_1.jpg"),
    ("IMG_1-1.jpg", "IMG_1.jpg"),
    ("IMG_0001 (2).jpg", "IMG_0001.dng"),
    ("IMG_0001-1.jpg", "IMG_0001.dng"),
    ("IMG_E0001.JPG", "IMG_0001.HEIC"),
]


@pytest.mark.parametrize(("later", "first"), MADE_LATER)
def test_a_name_alone_makes_no_version(later: str, first: str) -> None:
    """Phones name the next frame as programs name what they made of one: two photos, then."""
    assert together(shot(later, 2), shot(first, 0)) == {}
    assert together(shot(later, 1), shot(first, 0)) == {}
    assert together(shot(later, 5.2), shot(first, 5.6)) == {}
    assert together(shot(later, 5), shot(first, 5, model="Y")) == {}
    assert together(shot(later, 5), shot(first, 5, serial="2")) == {}
    assert together(shot(later, 5), shot(first, 5, hash=OTHER)) == {}
    assert together(shot(later, 5, exposure_time=0.02), shot(first, 5, exposure_time=0.01)) == {}


@pytest.mark.parametrize(
    ("later", "first"),
    [
        ("IMG_1~2.jpg", "IMG_1.jpg"),
        ("IMG_1~2.jpg", "IMG_1.dng"),
        ("IMG_1 copy.jpg", "IMG_1.dng"),
        ("JPG/IMG_1~2.jpg", "RAW/IMG_1.dng"),
    ],
)
def test_a_number_or_a_copy_needs_a_clock(later: str, first: str) -> None:
    for mine, yours in ((None, None), (5, None), (None, 5)):
        assert together(shot(later, mine), shot(first, yours)) == {}


def test_an_edit_that_lost_its_clock_goes_with_its_original() -> None:
    assert together(shot("IMG_1-edit.jpg", None), shot("IMG_1.jpg")) == {
        "IMG_1.jpg": ("IMG_1-edit.jpg",)
    }


def test_two_settings_are_two_exposures() -> None:
    frames = [
        shot("PXL_1.NIGHT.jpg", exposure_time=1.0),
        shot("PXL_1.PORTRAIT.jpg", exposure_time=0.01),
    ]
    assert together(*frames) == {}
    assert together(shot("PXL_1.PORTRAIT.jpg"), shot("PXL_1.PORTRAIT.ORIGINAL.jpg"))


HEIF: dict[str, object] = {"format": "HEIF"}


@pytest.mark.parametrize(
    ("heif", "jpeg"),
    [
        ("IMG_1.HEIC", "IMG_1.jpg"),
        ("IMG_1.HEIC", "IMG_1.JPEG"),
        ("_DSC0001.HIF", "_dsc0001.JPG"),
        ("IMG_1.heic", "IMG_1.heic.jpg"),
        ("HEIC/IMG_1.HEIC", "JPG/IMG_1.JPG"),
        ("IMG_1.HEIC", "most compatible/IMG_1.JPG"),
    ],
)
def test_heif_and_jpeg_of_one_exposure_are_one_photo(heif: str, jpeg: str) -> None:
    def pair(seconds: float | None = 0.23, **facts: object) -> int:
        """How many photos the two are."""
        one = shot(heif, 0.23 if seconds is not None else None, **HEIF)
        other = shot(jpeg, seconds, **facts)
        made = together(one, other)
        assert made in ({}, {heif: (jpeg,)}) and together(other, one) in ({}, {jpeg: (heif,)})
        return 2 - len(made)

    assert pair() == 1 and pair(hash=SAME ^ 0b111) == 1 and pair(format="MPO") == 1
    assert pair(0.23 + 0.15) == 2 and pair(60) == 2  # the next frame of a burst, another day
    assert pair(model="Y") == 2 and pair(serial="2") == 2
    assert pair(hash=OTHER) == 2 and pair(hash=SAME ^ 0xFFFF_FF) == 2
    assert pair(format="PNG") == 2  # no camera writes it: a copy, made later
    assert pair(None) == 1 and pair(None, hash=SAME ^ 0xFFFF) == 2


def test_heif_and_jpeg_of_a_burst_fall_into_its_frames() -> None:
    frames = [
        shot(f"IMG_{n}.{end}", 0.2 * n, format=kind)
        for n in range(3)
        for end, kind in (("heic", "HEIF"), ("jpg", "JPEG"))
    ]
    assert together(*frames) == {f"IMG_{n}.heic": (f"IMG_{n}.jpg",) for n in range(3)}


def test_copies_stay_copies() -> None:
    """They compete: which of them was made of the other, nobody knows."""
    assert together(shot("IMG_1.jpg"), shot("IMG_1.png"), shot("best/IMG_1.jpg")) == {}
    assert together(shot("IMG_1.jpg"), shot("IMG_1 (2).jpg")) == {}


def test_many_namesakes_without_a_clock_take_no_time() -> None:
    frames = [
        shot(f"{n}/{m}/photo.{e}", None) for n in range(40) for m in range(40) for e in ("jpg",)
    ]
    frames += [replace(one, path=one.path[:-3] + "dng") for one in map(_as_raw, frames)]
    assert len(together(*frames)) == 1600


def _as_raw(one: Frame) -> Frame:
    return replace(one, photo=replace(one.photo, content_hash=f"raw-{one.key}", format="DNG"))
