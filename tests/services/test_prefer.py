"""Words from sidecars and decisions: only a person's count."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.decision import Choice, Decision, Proposal, Word
from aesplugin.photo import Exif
from aesplugin.services.decide import accept, decide, undo
from aesplugin.services.prefer import Preferences
from aesplugin.sidecars.base import Publication
from aesplugin.sidecars.xmp import XmpSidecar
from tests.catalog.samples import REVISION, content_hash, ingested

STARS = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/"{extra} xmp:Rating="{stars}"/></rdf:RDF></x:xmpmeta>'
)
DARKTABLE = ' xmlns:darktable="http://darktable.sf.net/" darktable:xmp_version="4"'


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.sqlite3") as opened:
        yield opened


def add(
    catalog: Catalog, folder: Path, number: int, sidecar: str | bytes = "", **exif: int
) -> None:
    path = folder / f"{number}.jpg"
    catalog.record_photos([ingested(number, str(path), exif=Exif(**exif))])
    if sidecar:
        data = sidecar.encode() if isinstance(sidecar, str) else sidecar
        (folder / f"{number}.jpg.xmp").write_bytes(data)


def learn(catalog: Catalog) -> tuple[dict[str, int | None], tuple[str, ...]]:
    anna = Preferences(catalog, "anna")
    learnt = anna.from_sidecars(list(catalog.entries(REVISION)), XmpSidecar())
    return {word.content_hash: word.rating for word in anna.all()}, learnt.problems


def test_stars_are_read_and_the_default_star_is_not(catalog: Catalog, tmp_path: Path) -> None:
    add(catalog, tmp_path, 1, STARS.format(stars=4, extra=""))
    add(catalog, tmp_path, 2, STARS.format(stars=1, extra=DARKTABLE))
    add(catalog, tmp_path, 3, STARS.format(stars=0, extra=""))
    add(catalog, tmp_path, 4, STARS.format(stars=-1, extra=""))
    add(catalog, tmp_path, 5, rating=3)
    add(catalog, tmp_path, 6)
    said, problems = learn(catalog)
    assert said == {content_hash(1): 4, content_hash(4): 1, content_hash(5): 3}
    assert problems == ()


def test_a_damaged_sidecar_is_named_and_the_others_are_read(
    catalog: Catalog, tmp_path: Path
) -> None:
    add(catalog, tmp_path, 1, "<x:xmpmeta broken")
    add(catalog, tmp_path, 2, STARS.format(stars=5, extra=""))
    said, problems = learn(catalog)
    assert said == {content_hash(2): 5}
    assert len(problems) == 1
    assert "1.jpg.xmp" in problems[0]


def test_what_we_published_teaches_nothing(catalog: Catalog, tmp_path: Path) -> None:
    ours = XmpSidecar().merge(None, Publication(score=9.0, stars=5, choice=Choice.PICK))
    add(catalog, tmp_path, 1, ours.data or b"")
    assert learn(catalog)[0] == {}


def test_decisions_by_hand_count_and_accepted_proposals_do_not(
    catalog: Catalog, tmp_path: Path
) -> None:
    for number in range(4):
        add(catalog, tmp_path, number)
    decide(catalog, "anna", [content_hash(0)], Word(choice=Choice.PICK))
    proposals = [
        Proposal(content_hash=content_hash(n), choice=choice, reason="")
        for n, choice in (
            (0, Choice.REJECT),
            (1, Choice.PICK),
            (2, Choice.REJECT),
            (3, Choice.NONE),
        )
    ]
    run = accept(catalog, "anna", proposals)
    assert run is not None
    standing = catalog.people.decisions("anna")
    assert standing[content_hash(0)].choice is Choice.PICK  # a person's word wins
    assert set(standing) == {content_hash(n) for n in (0, 1, 2)}
    anna = Preferences(catalog, "anna")
    assert {word.content_hash: word.rating for word in anna.all()} == {content_hash(0): 4}
    assert undo(catalog, run.id)[1] == 2
    assert set(catalog.people.decisions("anna")) == {content_hash(0)}


def test_a_rating_wins_over_a_decision(catalog: Catalog, tmp_path: Path) -> None:
    add(catalog, tmp_path, 0)
    catalog.people.decide([Decision(content_hash=content_hash(0), user="anna", stars=2)])
    anna = Preferences(catalog, "anna")
    anna.state([content_hash(0)], {"rating": 5, "favorite": None})
    assert [word.rating for word in anna.all()] == [5]


def labelled(label: int) -> str:
    digikam = ' xmlns:digiKam="http://www.digikam.org/ns/1.0/" digiKam:PickLabel'
    return STARS.format(stars=0, extra=f'{digikam}="{label}"')


@pytest.mark.parametrize("label", [1, 3])
def test_a_pick_in_a_sidecar_counts_unless_rated(
    catalog: Catalog, tmp_path: Path, label: int
) -> None:
    for number in (1, 2, 3, 4):
        add(catalog, tmp_path, number, labelled(label))
    anna = Preferences(catalog, "anna")
    anna.state([content_hash(1)], {"rating": 5})
    decide(catalog, "anna", [content_hash(2)], Word(stars=5))
    anna.state([content_hash(3)], {"favorite": True})
    worth = 4 if label == 3 else 1
    said, problems = learn(catalog)
    assert problems == ()
    assert [said[content_hash(number)] for number in (1, 2, 3, 4)] == [5, 5, worth, worth]
    assert [word.favorite for word in anna.all() if word.content_hash == content_hash(3)] == [True]


def test_a_sidecar_is_read_anew(catalog: Catalog, tmp_path: Path) -> None:
    for label, stars in ((3, 4), (1, 1)):
        add(catalog, tmp_path, 1, labelled(label))
        assert learn(catalog)[0] == {content_hash(1): stars}
    add(catalog, tmp_path, 1, STARS.format(stars=3, extra=""))
    Preferences(catalog, "anna").state([content_hash(1)], {"rating": 5})
    assert learn(catalog)[0] == {content_hash(1): 3}  # stars are a rating, and the later word
