import pytest

from aesplugin.models.wording.openings import openings


@pytest.mark.parametrize(("low", "high"), [(4.4, 4.5), (6.4, 6.5)])
def test_better_photos_are_introduced_in_other_words(low: float, high: float) -> None:
    assert not set(openings("dog", low)) & set(openings("dog", high))


def test_what_is_seen_is_named_as_a_sentence_names_it() -> None:
    said = openings("owl", 3.0)
    assert all("an owl" in one.lower() and one[0].isupper() and one[-1] == "." for one in said)
    assert all("this scene" in one.lower() for one in openings(None, 3.0))
