import json
import re
from pathlib import Path

import numpy as np
import pytest

from aesplugin.assessment import SYNTHETIC_FLAWS, Flaw
from aesplugin.evaluation.comments import claims
from aesplugin.models.wording.remedies import DIRECTIONS, suggest
from aesplugin.training.calm.comments import ASPECTS, Facts, comment, notes, works
from aesplugin.training.flaws.augment import Level
from aesplugin.training.flaws.phrases import CAUSES, DESCRIPTIONS, cue, fine


def _comments(count: int = 300) -> list[str]:
    rng = np.random.default_rng(0)
    made = []
    for number in range(count):
        flaws = [(SYNTHETIC_FLAWS[number % 14], float(rng.uniform()))] if number % 3 else []
        score = float(rng.uniform(1, 10))
        facts = Facts(content="dog", score=score, flaws=flaws, works=works(flaws, rng))
        made.append(comment(facts, rng))
    return made


@pytest.mark.parametrize("flaw", SYNTHETIC_FLAWS)
def test_cues_vary_and_claim_their_flaw(flaw: Flaw) -> None:
    rng = np.random.default_rng(0)
    cues = {cue(flaw, float(rng.uniform()), rng) for _ in range(60)}
    assert len(cues) > 25
    assert np.mean([flaw in claims(said) for said in cues]) > 0.9


def test_fine_claims_no_flaw() -> None:
    rng = np.random.default_rng(0)
    said = {fine(level, rng) for level in Level for _ in range(20)}
    assert not any(claims(one) - {Flaw.VIGNETTING, Flaw.TILTED_HORIZON} for one in said)


def test_comments_are_two_to_four_sentences_and_varied() -> None:
    made = _comments()
    assert all(2 <= one.count(".") <= 4 for one in made)
    assert len(set(made)) > 0.9 * len(made)


def test_notes_say_what_the_comment_says() -> None:
    facts = Facts(content=None, score=4.2, flaws=[(Flaw.NOISE, 0.9)], works=["light"])
    assert notes(facts) == ["subject unclear", "score 4.2", "strongly noise", "good light"]


def test_every_suggestion_reads_as_a_sentence_part() -> None:
    for flaw, ways in DIRECTIONS.items():
        for way in ways:
            for strength in (0.1, 0.5, 0.95):
                made = suggest(flaw, way, strength)
                assert 10 < len(made.advice) < 140 and "{" not in made.advice


def test_nothing_is_quoted_from_human_critics(data_dir: Path) -> None:
    """No eight words in a row of comments, cues or advice stand in the critiques."""
    bank = [*_comments(), *_cues(), *_advice()]
    bank += [
        p for ways in [*DESCRIPTIONS.values(), *CAUSES.values(), *ASPECTS.values()] for p in ways
    ]
    runs = {run for said in bank for run in _runs(said)}
    files = sorted((data_dir / "critiques").glob("*.json"))
    assert files
    for path in files:
        for critique in json.loads(path.read_text(encoding="utf-8")):
            for text in critique.values():
                if isinstance(text, str):
                    assert not runs & _runs(text), text


def _cues() -> list[str]:
    rng = np.random.default_rng(0)
    flawed = [cue(flaw, float(rng.uniform()), rng) for flaw in SYNTHETIC_FLAWS for _ in range(60)]
    return flawed + [fine(level, rng) for level in Level for _ in range(20)]


def _advice() -> list[str]:
    ways = [(flaw, way) for flaw, known in DIRECTIONS.items() for way in known]
    return [suggest(*way, strength).advice for way in ways for strength in (0.1, 0.5, 0.95)]


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z']+", text.lower())
    return {tuple(words[start : start + 8]) for start in range(len(words) - 7)}
