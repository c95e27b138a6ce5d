"""A catalog that counts what is read from it, and many photos to put into one."""

from collections.abc import Collection
from pathlib import Path

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.engine import Database
from aesplugin.catalog.gallery import Gallery
from aesplugin.catalog.records import KnownFile
from tests.catalog.samples import ingested


class CountingCatalog(Catalog):
    """Counts the files and folders that it answers with."""

    def __init__(self, database: Database, *, show_faces: bool = True) -> None:
        super().__init__(database, show_faces=show_faces)
        self._read = 0
        self.gallery: _CountingGallery = _CountingGallery(database)

    def known_files(
        self,
        model_revision: str,
        *,
        paths: Collection[str] | None = None,
        under: str | None = None,
    ) -> dict[str, KnownFile]:
        found = super().known_files(model_revision, paths=paths, under=under)
        self._read += len(found)
        return found

    def copies_of(
        self, content_hashes: Collection[str], *, besides: Collection[str] = ()
    ) -> dict[str, str]:
        found = super().copies_of(content_hashes, besides=besides)
        self._read += len(found)
        return found

    def folders(self) -> set[str]:
        found = super().folders()
        self._read += len(found)
        return found

    @property
    def read(self) -> int:
        """How many since the last `reset`."""
        return self._read + self.gallery.read

    def reset(self) -> None:
        """Starts again at 0."""
        self._read = self.gallery.read = 0


class _CountingGallery(Gallery):
    read = 0

    def folders(self) -> list[str]:
        found = super().folders()
        self.read += len(found)
        return found


def fill(catalog: Catalog, folder: Path, count: int) -> None:
    """Adds `count` photos, a hundred in each folder below `folder`, that are on no disk."""
    names = [folder / f"{number // 100:02d}" / f"{number}.jpg" for number in range(count)]
    catalog.record_photos([ingested(number, str(name)) for number, name in enumerate(names)])
