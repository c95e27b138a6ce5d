"""Which language a page is in, and how it writes numbers, dates and what services composed."""

from datetime import datetime

import pytest

from aesplugin.web.languages.language import ENGLISH, chosen, languages

KNOWN = languages()
GERMAN = KNOWN["de"]


@pytest.mark.parametrize(
    ("cookie", "accepted", "code"),
    [
        ("", "", "en"),
        ("", "de", "de"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "en-US,en;q=0.9,de;q=0.8", "en"),
        ("", "fr,de;q=0.5,en;q=0.4", "de"),
        ("", "fr, *;q=0.1", "en"),
        ("", "de;q=0, en", "en"),
        ("", "de;q=high", "en"),
        ("de", "en", "de"),
        ("en", "de", "en"),
        ("klingon", "de", "de"),
    ],
)
def test_the_cookie_counts_before_the_browsers_languages(
    cookie: str, accepted: str, code: str
) -> None:
    assert chosen(KNOWN, cookie, accepted).code == code


def test_numbers_and_dates() -> None:
    taken = datetime(2026, 5, 1, 10, 2, 3)
    assert (ENGLISH.number(12345), GERMAN.number(12345)) == ("12,345", "12.345")
    assert (ENGLISH.decimal(6.449), GERMAN.decimal(6.449)) == ("6.4", "6,4")
    assert ENGLISH.moment(taken, seconds=True) == "2026-05-01 10:02:03"
    assert GERMAN.moment(taken) == "01.05.2026 10:02"


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("too dark", "zu dunkel"),
        ("+ crisp detail", "+ knackige Details"),
        ("score 5.20, 0.41 below the last keeper; contrast rated poor",
         "Wertung 5,20, 0,41 unter der letzten behaltenen; Kontrast: schwach"),
        ("weaker than IMG_1.jpg: sharper subject; lower score than 1 other frame",
         "schwächer als IMG_1.jpg: schärferes Motiv; niedrigere Wertung als 1 andere Aufnahme"),
        ("higher score than 3 other frames (best of 4, burst), score 9.50",
         "höhere Wertung als 3 andere Aufnahmen (beste von 4, Serie), Wertung 9,50"),
        ("burst of 4 and 1 near-duplicate", "Serie von 4 und 1 Beinahe-Duplikat"),
        ("3 picks, 4 rejects in the burst of 8 from a, b.jpg on undone",
         "3 Markierungen, 4 Ablehnungen (Serie von 8 ab a, b.jpg) rückgängig gemacht"),
        ("Pick, favourite of a.jpg redone", "Markieren, Favorit bei a.jpg wiederholt"),
        ("about 3 h 20 min left", "noch etwa 3 h 20 min"),
        ("-0.5 EV", "-0,5 EV"),
    ],
)  # fmt: skip
def test_what_services_compose(english: str, german: str) -> None:
    assert GERMAN.phrase(english) == german
    assert ENGLISH.phrase(english) == english


@pytest.mark.parametrize(
    "text",
    ["Soft colours; the disc draws the eye.", "too dark, but moody", "score high", "", "{one}"],
)
def test_free_text_stays_as_it_is(text: str) -> None:
    """A mixture of two languages would be worse than one of them."""
    assert GERMAN.phrase(text) == text
