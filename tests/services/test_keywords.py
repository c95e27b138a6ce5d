"""What a photo shows, as keywords and a caption."""

import pytest

from aesplugin.assessment import Content, Kind
from aesplugin.models.judge.vocabulary import WORDS
from aesplugin.services.keywords import MOST_LETTERS, caption_of, keywords_of


def shown(*keywords: str, kind: Kind | None = None, subject: str | None = None) -> Content:
    return Content(kind=kind, subject=subject, keywords=keywords)


class TestKeywords:
    def test_broader_words_come_with_narrower_ones_and_once(self) -> None:
        found = keywords_of(shown("bird", "animal", "dog", "rock", kind=Kind.WILDLIFE))
        assert found == (
            ("animal",), ("animal", "bird"), ("animal", "dog"), ("rock",), ("kind", "wildlife"),
        )  # fmt: skip

    def test_nothing_known_is_nothing_said(self) -> None:
        for content in (None, Content(), shown(kind=Kind.OTHER), shown(kind=Kind.OBJECT)):
            assert keywords_of(content) == ()

    def test_words_in_other_cases_are_one(self) -> None:
        assert keywords_of(shown("Rock", "rock", "ROCK")) == (("Rock",),)
        assert keywords_of(shown("Bird", "animal")) == (("animal",), ("animal", "Bird"))

    @pytest.mark.parametrize("odd", ["", "  ", "|", " ,;/ ", "\x00", "a" * (MOST_LETTERS + 1)])
    def test_what_is_no_word_is_left_out(self, odd: str) -> None:
        assert keywords_of(shown(odd, "rock")) == (("rock",),)

    @pytest.mark.parametrize(
        ("odd", "plain"),
        [
            ("animal|bird", "animal bird"), ("tcp/ip", "tcp ip"), ("red, blue;", "red blue"),
            (" golden\n gate ", "golden gate"), ("sn\x07ow", "snow"), ("🐦", "🐦"), ("鳥", "鳥"),
        ],
    )  # fmt: skip
    def test_no_word_makes_levels_or_lists(self, odd: str, plain: str) -> None:
        assert keywords_of(shown(odd)) == ((plain,),)

    def test_every_word_of_the_judge_has_one_place(self) -> None:
        paths = keywords_of(shown(*WORDS))
        leaves = [path[-1] for path in paths]
        assert len(leaves) == len(set(leaves))
        assert set(leaves) >= set(WORDS)


class TestCaption:
    @pytest.mark.parametrize(
        ("content", "line"),
        [
            (None, None),
            (Content(), None),
            (shown(kind=Kind.STREET), None),
            (shown("bird", "animal", "rock", "water", subject="a bird"), "A bird, rock, water"),
            (shown("animal", "dog", "snow"), "Dog, snow"),
            (shown("sea", "water", "shore", subject="the sea"), "The sea, shore"),
            (shown("rock", subject="a bird on a\nbranch"), "A bird on a branch, rock"),
            (shown("", "|"), None),
        ],
    )
    def test_names_each_thing_once_and_no_broader_word(
        self, content: Content | None, line: str | None
    ) -> None:
        assert caption_of(content) == line
