"""RAW and JPEG of one exposure share one fate, whatever they are called."""

from collections.abc import Callable
from pathlib import Path

from tests.cases.catalogued import Catalogued


def test_each_raw_of_the_case_stands_with_its_jpeg(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    known = Catalogued(made("01"), tmp_path)
    assert known.together("pk") == [
        ["pk/0/WP_20141001_12_00_00_Pro.jpg", "pk/0/WP_20141001_12_00_00_Pro__highres.dng"],
        [
            "pk/1/PXL_20251002_032321986.NIGHT.RAW-01.COVER.jpg",
            "pk/1/PXL_20251002_032321986.NIGHT.RAW-02.ORIGINAL.dng",
        ],
        ["pk/2/JPG/IMG_3.jpg", "pk/2/RAW/IMG_3.dng"],
        ["pk/3/IMG_4.dng", "pk/3/IMG_4.dng.jpg"],
        ["pk/4/IMG_5-edit.jpg", "pk/4/IMG_5.dng"],
        ["pk/5/IMG_6.DNG", "pk/5/img_6.JPG"],
        ["pk/6/IMG_7 .jpg", "pk/6/IMG_7.dng"],
    ]
    pixel = "PXL_20250120_221128230.RAW-0{}"
    assert known.together("pixel") == [
        [f"pixel/{pixel.format(1)}.COVER.jpg", f"pixel/{pixel.format(2)}.ORIGINAL.dng"]
    ]
    assert known.together("pixel_same") == [["pixel_same/IMG_1.dng", "pixel_same/IMG_1.jpg"]]
    for keep in (0, 1, 4):
        found = known.cull("pk", keep=keep, strictness=1.0)
        assert len(found.grouping.units) == 7
        choices = {p.content_hash: p.choice for p in found.proposals()}
        for unit in found.grouping.units:
            assert len({choices[key] for key in found.grouping.files_of(unit)}) == 1
        assert not [p for p in found.proposals() if p.reason.startswith("behind")]
