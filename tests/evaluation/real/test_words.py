import pytest

from aesplugin.evaluation.real.nouns import covers, head_noun, names_any, singular, words_of


@pytest.mark.parametrize(
    ("phrase", "noun"),
    [
        ("a bird", "bird"),
        ("Two brown CATS on a table", "cat"),
        ("a herd of elephants in dust", "elephant"),
        ("a bridge of stone", "bridge"),
        ("a cat's face", "face"),
        ("a blue-green sports car", "car"),
        ("forget-me-nots", "forget-me-not"),
        ("on", "on"),
        ("a café", "café"),
        ("", None),
        ("207 !", None),
    ],
)
def test_the_noun_a_phrase_is_about(phrase: str, noun: str | None) -> None:
    assert head_noun(phrase) == noun


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("cats", "cat"),
        ("people", "person"),
        ("leaves", "leaf"),
        ("berries", "berry"),
        ("beaches", "beach"),
        ("grasses", "grass"),
        ("horses", "horse"),
        ("grass", "grass"),
        ("bus", "bus"),
        ("buses", "bus"),
        ("tie", "tie"),
    ],
)
def test_plurals(plural: str, one: str) -> None:
    assert singular(plural) == one


@pytest.mark.parametrize(
    ("word", "other", "right"),
    [
        ("bird", "pelican", True),
        ("animal", "kitten", True),
        ("vehicle", "coupe", True),
        ("person", "bride", True),
        ("plane", "aircraft", True),
        ("pelican", "bird", False),
        ("dog", "cat", False),
        ("zebra crossing", "zebra", False),
    ],
)
def test_a_broader_word_is_right_and_a_narrower_one_is_not(
    word: str, other: str, right: bool
) -> None:
    assert covers(word, other) is right


def test_a_subject_is_held_against_all_words_of_the_label() -> None:
    label = words_of(["a pelican on a post", "Sea", "wooden posts"])
    assert names_any("a bird", label)
    assert names_any("an old post", label)
    assert not names_any("a dog", label)
    assert not names_any("", label)
