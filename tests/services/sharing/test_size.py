"""A gallery is written as it is made, and one HTML file has a limit."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.errors import UsageError
from aesplugin.services.sharing.gallery import Preview, write_gallery
from aesplugin.services.sharing.page import Page
from aesplugin.services.sharing.photos import SharedPhoto, select_hashes
from tests.web.site import Site, build

MB = 2**20


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = build(tmp_path_factory.mktemp("site"))
    yield made
    made.workshop.catalog.close()


def photos_of(site: Site) -> tuple[SharedPhoto, ...]:
    keys = list(site.photos.values())
    return select_hashes(site.workshop.catalog, site.workshop.card.revision, keys).photos


def large(site: Site, size: int) -> Preview:
    """Pictures of so many bytes: what follows a JPEG's end is not looked at."""
    jpeg = site.workshop.full_pictures.preview(
        str(site.folder / "IMG_00.jpg"), site.photos["IMG_00.jpg"]
    )
    return lambda path, key: jpeg + bytes(size)


@pytest.mark.parametrize("name", ["out.html", "out.zip"])
def test_memory_does_not_grow_with_the_number_of_photos(
    site: Site, tmp_path: Path, name: str
) -> None:
    photos = photos_of(site)
    target, preview = tmp_path / name, large(site, 4 * MB)

    def peak(count: int) -> int:
        page = Page("Many", is_whole=name == "out.html")
        tracemalloc.start()
        for _ in write_gallery(site.workshop.catalog, photos[:count], target, page, preview):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    few = peak(5)  # as many as are decoded ahead, and more
    assert peak(15) < few + 20 * MB  # ten more are 40
    assert target.stat().st_size > 60 * MB


def test_an_html_file_that_grows_too_large_is_refused(site: Site, tmp_path: Path) -> None:
    target, page = tmp_path / "out.html", Page("Large", is_whole=True)
    done = write_gallery(site.workshop.catalog, photos_of(site), target, page, large(site, 12 * MB))
    with pytest.raises(UsageError, match=r"more than 150 MB: write a \.zip instead"):
        list(done)
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_is_stopped_leaves_nothing(site: Site, tmp_path: Path) -> None:
    (tmp_path / "out.zip").write_bytes(b"before")
    done = write_gallery(
        site.workshop.catalog, photos_of(site), tmp_path / "out.zip",
        Page("Stopped", is_whole=False), large(site, 0),
    )  # fmt: skip
    next(done)
    done.close()  # type: ignore[attr-defined]
    assert [file.name for file in tmp_path.iterdir()] == ["out.zip"]
    assert (tmp_path / "out.zip").read_bytes() == b"before"
