"""Keywords and captions beside photos: as runs that can be undone."""

import random
from pathlib import Path

import pytest

from aesplugin.assessment import Content, Kind
from aesplugin.catalog.catalog import Catalog
from aesplugin.errors import UsageError
from aesplugin.services.publish import Outcome, Publisher, PublishOptions
from aesplugin.sidecars.base import Merged, Publication, SidecarFormat
from tests.services.publishing.builders import publish, put, runs_of
from tests.sidecars.publications import text
from tests.sidecars.samples import STYLES, lost, style

KEYWORDS = PublishOptions(keywords=True)
CAPTION = PublishOptions(caption=True)
BIRD = Content(kind=Kind.WILDLIFE, subject="a bird", keywords=("bird", "water"))


def test_only_where_asked_for(publisher: Publisher, catalog: Catalog, folder: Path) -> None:
    put(catalog, folder / "a.CR2", 1, content=BIRD)
    sidecar = folder / "a.CR2.xmp"
    publish(publisher, PublishOptions(tags=True))
    assert "bird" not in (text(sidecar.read_bytes(), "dc:subject") or "")
    publish(publisher, KEYWORDS)
    data = sidecar.read_bytes()
    assert text(data, "dc:subject") == (
        "aesthetics good, flaw tilted horizon, animal, bird, water, wildlife"
    )
    assert text(data, "dc:description") is None
    (run, _) = runs_of(catalog)
    assert run.note == "publish --keywords"


def test_a_photo_of_which_nothing_is_known_gets_none(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    for number, content in enumerate((None, Content())):
        put(catalog, folder / f"{number}.CR2", number, content=content)
    publish(publisher, PublishOptions(keywords=True, caption=True))
    for sidecar in folder.glob("*.xmp"):
        assert text(sidecar.read_bytes(), "dc:subject") is None
        assert text(sidecar.read_bytes(), "dc:description") is None


class TestCaption:
    def test_fills_an_empty_description_only(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        for number, name in enumerate(("new", "digikam")):
            put(catalog, folder / f"{name}.CR2", number, content=BIRD)
        (folder / "digikam.CR2.xmp").write_bytes(style("digikam"))
        results = {Path(r.photo).stem: r for r in publish(publisher, CAPTION)}
        data = (folder / "new.CR2.xmp").read_bytes()
        assert text(data, "dc:description") == "A bird, water"
        theirs = (folder / "digikam.CR2.xmp").read_bytes()
        assert text(theirs, "dc:description") == text(style("digikam"), "dc:description")
        assert results["digikam"].kept == ("dc:description stays the user's",)

    @pytest.mark.parametrize(
        ("comment", "line"), [("A calm picture.", "A calm picture."), (None, "A bird, water")]
    )
    def test_a_comment_that_is_asked_for_goes_first(
        self, publisher: Publisher, catalog: Catalog, folder: Path, comment: str | None, line: str
    ) -> None:
        put(catalog, folder / "a.CR2", 1, content=BIRD, comment=comment)
        publish(publisher, PublishOptions(caption=True, description=True))
        assert text((folder / "a.CR2.xmp").read_bytes(), "dc:description") == line


def test_random_order_of_publish_and_undo_ends_where_it_began(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    chance = random.Random(5)
    for name in STYLES:
        (folder / f"{name}.CR2.xmp").write_bytes(style(name))
    known = [BIRD, Content(keywords=("snow", "bird")), Content(kind=Kind.NIGHT), None]
    for _ in range(8):
        for number, name in enumerate((*STYLES, "new")):
            put(catalog, folder / f"{name}.CR2", number, content=chance.choice(known))
        names = ("keywords", "caption", "tags", "description")
        publish(publisher, PublishOptions(**{name: chance.random() < 0.5 for name in names}))  # type: ignore[arg-type]
    for name in STYLES:
        assert lost(style(name), (folder / f"{name}.CR2.xmp").read_bytes()) == []
    for run in runs_of(catalog):
        list(publisher.unpublish(run.id))
    assert {n: (folder / f"{n}.CR2.xmp").read_bytes() for n in STYLES} == {
        n: style(n) for n in STYLES
    }
    assert not (folder / "new.CR2.xmp").exists()


def test_undo_keeps_a_word_that_a_person_added_since(
    publisher: Publisher, catalog: Catalog, folder: Path
) -> None:
    put(catalog, folder / "a.CR2", 1, content=BIRD)
    sidecar = folder / "a.CR2.xmp"
    publish(publisher, KEYWORDS)
    head, field, tail = sidecar.read_bytes().partition(b"<dc:subject")
    word = b"<rdf:li>water</rdf:li>"
    edited = tail.replace(word, word + b"<rdf:li>Lofoten</rdf:li>", 1)
    sidecar.write_bytes(head + field + edited)
    (result,) = publisher.unpublish(1)
    assert result.outcome is Outcome.MERGED_BACK
    assert b"Lofoten" in sidecar.read_bytes() and b"water" not in sidecar.read_bytes()
    assert b"aes:" not in sidecar.read_bytes()  # a declaration may stand


class _Notes(SidecarFormat):
    suffix = ".note"
    has_tags = True

    def merge(self, data: bytes | None, publication: Publication) -> Merged:
        return Merged(data=data)


@pytest.mark.parametrize(("options", "name"), [(KEYWORDS, "keywords"), (CAPTION, "caption")])
def test_a_format_without_them_refuses(
    catalog: Catalog, tmp_path: Path, options: PublishOptions, name: str
) -> None:
    publisher = Publisher(catalog=catalog, sidecars=_Notes(), locks=tmp_path / "locks")
    with pytest.raises(UsageError, match=rf"leave out --{name}"):
        publish(publisher, options)
