"""Made-up miniature copies of the official layouts; pictures are empty: nothing opens them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

Tell = list[str]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def pictures(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch()
    return folder


def _table(path: Path, *rows: Sequence[object]) -> Path:
    return write(path, "".join(",".join(str(cell) for cell in row) + "\n" for row in rows))


def ava(root: Path) -> Path:
    """Photo 13 has no votes to speak of, 14 is a test photo."""
    write(
        root / "AVA.txt",
        "1 11 0 0 0 0 1 0 0 0 0 1 22 14 1396\n"
        "2 12 0 0 0 0 0 2 0 0 0 0 0 0 1396\n"
        "3 14 10 0 0 0 0 0 0 0 0 10 0 66 1400\n",
    )
    write(
        root / "tags.txt", "1 Abstract\n14 Landscape\n22 Macro\n66 Analog\n37 Diptych / Triptych\n"
    )
    write(root / "aesthetics_image_lists" / "generic_test.jpgl", "14\n99\n")
    pictures(root / "images", "11.jpg", "12.jpg", "14.jpg")
    return root


def _comments(image: int, split: str, *said: str) -> dict[str, Any]:
    sentences = [
        {"raw": text, "clean": text.lower(), "tokens": [["x", "NN"]], "imgid": image, "sentid": ""}
        for text in said
    ]
    return {"filename": f"{image}.jpg", "imgid": image, "split": split, "sentences": sentences}


def ava_captions(root: Path) -> Path:
    images = [
        _comments(11, "train", "Lovely  light &amp; calm.", "Lovely light & calm.", " "),
        _comments(12, "val", "The crop is tight."),
        _comments(14, "train", "A test photo of AVA's own list."),
    ]
    write(
        root / "CLEAN_AVA_FULL_AFTER_SUBJECTIVE_CLEANING.json",
        json.dumps({"dataset": "AVA", "images": images}),
    )
    write(root / "aesthetics_image_lists" / "generic_test.jpgl", "14\n")
    pictures(root / "images", "11.jpg", "12.jpg", "14.jpg")
    return root


def aadb(root: Path) -> Path:
    labels = root / "imgListFiles_label"
    for part, name, score in (
        ("Train", "farm1_1_a_b.jpg", "0.250"),
        ("Validation", "farm1_2_b_b.jpg", "1.0"),
        ("TestNew", "farm1_3_c_b.jpg", "0.5"),
    ):
        write(labels / f"imgList{part}Regression_score.txt", f"{name} {score}\n")
        for attribute, value in (("Light", "0.6"), ("BalacingElements", "-0.2")):
            write(labels / f"imgList{part}Regression_{attribute}.txt", f"{name} {value}\n")
    pictures(root / "datasetImages_originalSize", "farm1_1_a_b.jpg", "farm1_2_b_b.jpg")
    pictures(root / "AADB_newtest_originalSize", "0.500_farm1_3_c_b.jpg")
    return root


def para(root: Path) -> Path:
    levels = [f"aestheticScore_{half / 2:.1f}" for half in range(2, 11)]
    header = ["imageName", "sessionId", "semantic", *levels]
    header += ["aestheticScore_mean", "aestheticScore_std", "qualityScore_mean"]
    tables = root / "annotation"
    one = ["iaa_pub1_.jpg", "session1", "plant", 0, 0, 0, 0, 2, 0, 0, 0, 0, 3.0, 0.5, 4.0]
    two = ["iaa_pub71_.jpg", "session2", "night", 1, 0, 0, 0, 0, 0, 0, 0, 1, 3.0, 2.0, 5.0]
    _table(tables / "PARA-GiaaTrain.csv", header, one)
    _table(tables / "PARA-GiaaTest.csv", header, two)
    _table(
        tables / "PARA-Images.csv",
        ["sessionId", "imageName", "userId", "aestheticScore", "qualityScore"],
        ["session1", "iaa_pub1_.jpg", "A1", 3.0, 4.0],
        ["session2", "iaa_pub71_.jpg", "A1", 1.0, 4.0],
        ["session2", "iaa_pub71_.jpg", "B2", 5.0, 4.0],
    )
    pictures(root / "imgs" / "session1", "iaa_pub1_.jpg")
    pictures(root / "imgs" / "session2", "iaa_pub71_.jpg")
    return root


def flickr_aes(root: Path) -> Path:
    """Averages are stars / 5; the file names begin with a space, as in the release."""
    write(root / " FLICKR-AES_image_score.txt", "farm1_1.jpg 0.6\n farm1_2.jpg 1.0\n")
    write(
        root / " FLICKR-AES_image_labeled_by_each_worker.csv",
        " worker, imagePair, score\n"
        "A1, farm1_1.jpg, 2\nB2, farm1_1.jpg, 4\nA1, farm1_2.jpg, 5\nB2, farm1_2.jpg, 5\n",
    )
    pictures(root / "40K", "farm1_1.jpg", "farm1_2.jpg")
    return root


def tad66k(root: Path) -> Path:
    labels = root / "labels"
    _table(labels / "merge" / "train.csv", ["image", "score"], ["1_a.jpg", 6.6])
    _table(labels / "merge" / "test.csv", ["image", "score"], ["2_b.jpg", 1.13])
    _table(labels / "unmerge" / "train" / "beach.csv", ["image", "score"], ["1_a.jpg", 6.6])
    _table(labels / "unmerge" / "test" / "car.csv", ["image", "score"], ["2_b.jpg", 1.13])
    pictures(root / "TAD66K", "1_a.jpg", "2_b.jpg")
    return root


def critique(title: str | None, **changes: Any) -> dict[str, Any]:
    """One record of PCCD, its texts made up."""
    record: dict[str, Any] = {
        "title": title,
        "general_impression": "A calm picture.",
        "subject_of_photo": "",
        "composition": "The horizon  cuts it in half.",
        "use_of_camera": "",
        "depth_of_field": "",
        "color_lighting": "Warm light.",
        "focus": "",
        "overall": "8.2",
        "score": ["10", "N", "1", "N", "N", "8", "N"],
        "category": "nature-photography",
    }
    return {name: value for name, value in (record | changes).items() if value is not None}


def pccd(root: Path) -> Path:
    records = [critique("14_a-lake"), critique("4_a-tower.jpg", overall="1", category="")]
    write(root / "raw.json", json.dumps(records))
    pictures(root / "images", "14_a-lake.jpg", "4_a-tower.jpg")
    return root


def oasis(root: Path) -> Path:
    _table(
        root / "images.csv",
        ["item", "file", "theme", "category", "beauty_mos", "beauty_sd", "raters"],
        [1, "Acorns 1.jpg", "Acorns", "Object", 4.0, 1.5, 2],
        [2, "Lake 1.jpg", "Lake", "Scenery", 7.0, 0.0, 1],
        [3, "Lake 2.jpg", "Lake", "Scenery", "", "", 0],
    )
    _table(root / "votes.csv", ["user", "item", "beauty"], [1, 1, 4], [2, 1, 1], [2, 2, 7])
    pictures(root / "images", "Acorns 1.jpg", "Lake 1.jpg", "Lake 2.jpg")
    return root


MINIS: Final[dict[str, Callable[[Path], Path]]] = {
    "aadb": aadb,
    "ava": ava,
    "ava_captions": ava_captions,
    "flickr_aes": flickr_aes,
    "oasis": oasis,
    "para": para,
    "pccd": pccd,
    "tad66k": tad66k,
}
