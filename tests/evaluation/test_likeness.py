"""BLEU, ROUGE-L and CIDEr against values computed by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from aesplugin.errors import DataError
from aesplugin.evaluation.comments import measure_comments
from aesplugin.evaluation.remarks import Remark
from aesplugin.evaluation.text_similarity import measure_likeness, of_photos, read_references

pytest.importorskip("pycocoevalcap")


def test_the_same_words_are_full_marks_whatever_their_case_and_stops() -> None:
    said = {"a": "The dog runs home.", "b": "A red boat, at sea!"}
    found = measure_likeness(said, {"a": ["the dog runs home"], "b": ["A red boat at sea"]})
    assert [found[f"BLEU-{n}"] for n in (1, 2, 3, 4)] == pytest.approx([1, 1, 1, 1])
    assert found["ROUGE-L"] == pytest.approx(1)
    assert found["CIDEr"] == pytest.approx(10)


def test_bleu_counts_a_word_no_oftener_than_the_reference() -> None:
    """The example of Papineni et al. 2002: 2 of 7, and no penalty, for 7 words are not short."""
    found = measure_likeness(
        {"a": "the the the the the the the"}, {"a": ["The cat is on the mat."]}
    )
    assert found["BLEU-1"] == pytest.approx(2 / 7)


def test_bleu_punishes_brevity() -> None:
    found = measure_likeness({"a": "the cat"}, {"a": ["the cat is on the mat"]})
    assert found["BLEU-1"] == pytest.approx(np.exp(1 - 6 / 2))


def test_rouge_is_the_longest_common_subsequence() -> None:
    """Lin 2004: "police kill the gunman" has 3 of 4 words in order."""
    said = {"a": "police kill the gunman"}
    found = measure_likeness(said, {"a": ["police killed the gunman"]})
    assert found["ROUGE-L"] == pytest.approx(0.75)
    found = measure_likeness({"a": "w x y z"}, {"a": ["w y"]})  # P 1/2, R 1, beta 1.2
    assert found["ROUGE-L"] == pytest.approx(2.44 * 0.5 / (1 + 1.44 * 0.5))


def test_cider_weighs_runs_of_words_by_how_few_photos_have_them() -> None:
    """Photo b has full marks. Of a, 2 of 4 words and 1 of 3 pairs are right, all equally rare:
    cosines 1/2, 1/3, 0, 0, their mean times ten."""
    said = {"a": "k l x y", "b": "p q r s"}
    found = measure_likeness(said, {"a": ["k l m n"], "b": ["p q r s"]})
    assert found["CIDEr"] == pytest.approx((10 * (1 / 2 + 1 / 3) / 4 + 10) / 2)


def test_cider_of_a_single_photo_is_unknown() -> None:
    found = measure_likeness({"a": "a dog runs home"}, {"a": ["a dog runs home"]})
    assert np.isnan(found["CIDEr"]) and found["ROUGE-L"] == pytest.approx(1)


def test_references_are_found_by_file_name_or_folder_and_file() -> None:
    references = {"1.jpg": ["one"], "b/2.jpg": ["two"], "3.jpg": []}
    photos = ["a/1.jpg", "b/2.jpg", "a/2.jpg", "a/3.jpg"]
    assert of_photos(photos, references) == {"a/1.jpg": ["one"], "b/2.jpg": ["two"]}
    with pytest.raises(DataError, match="none of these photos"):
        of_photos(["a/4.jpg"], references)


def test_only_comments_on_clean_photos_are_compared() -> None:
    from aesplugin.assessment import Flaw

    said = [("a/1.jpg", None, "a dog runs home"), ("a/1.jpg", Flaw.NOISE, "it is noisy")]
    said.append(("a/2.jpg", None, "a red boat at sea"))
    remarks = [Remark(photo=name, flaw=flaw, text=text, attributes={}) for name, flaw, text in said]
    references = {"1.jpg": ["a dog runs home"], "2.jpg": ["a red boat at sea"]}
    report = measure_comments(remarks, references=references)
    assert report.referenced == 2
    assert report.likeness["BLEU-4"] == pytest.approx(1)
    assert "people's comments on 2 photos" in report.table()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[", "is not JSON"),
        ("[]", "must be an object"),
        ('{"a": "text"}', "'a' needs a list"),
        ('{"a": [1]}', "'a' needs a list"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "references.json"
    path.write_text(text)
    with pytest.raises(DataError, match=complaint):
        read_references(path)
    path.write_text(json.dumps({"a": ["Words.", "..."]}))
    assert read_references(path) == {"a": ["Words."]}
