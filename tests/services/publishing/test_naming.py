"""Which file a sidecar is, where several may be it."""

import os
from dataclasses import replace
from pathlib import Path

from aesplugin.catalog.catalog import Catalog
from aesplugin.services.publish import Outcome, Publisher
from aesplugin.sidecars.naming import Naming
from tests.services.publishing.builders import ALL, publish, put
from tests.sidecars.samples import style


class TestNaming:
    def test_the_one_that_exists_is_written(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        put(catalog, folder / "IMG.CR2", 1)
        (folder / "IMG.xmp").write_bytes(style("lightroom"))
        (result,) = publish(publisher)
        assert result.sidecar == str(folder / "IMG.xmp")
        assert sorted(os.listdir(folder)) == ["IMG.CR2", "IMG.xmp"]

    def test_with_both_the_full_name_wins(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        put(catalog, folder / "IMG.CR2", 1)
        for name in ("IMG.xmp", "IMG.CR2.xmp"):
            (folder / name).write_bytes(style("lightroom"))
        (result,) = publish(publisher)
        assert result.sidecar == str(folder / "IMG.CR2.xmp")
        assert (folder / "IMG.xmp").read_bytes() == style("lightroom")

    def test_a_jpeg_never_takes_the_raw_files_sidecar(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        put(catalog, folder / "IMG.jpg", 1)
        (folder / "IMG.CR2").write_bytes(b"x")
        (folder / "IMG.xmp").write_bytes(style("lightroom"))
        (result,) = publish(publisher)
        assert result.sidecar == str(folder / "IMG.jpg.xmp")

    def test_adobe_naming_is_refused_where_two_originals_share_the_stem(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        for name in ("IMG.CR2", "IMG.jpg", "OTHER.CR2"):
            (folder / name).write_bytes(b"x")
        put(catalog, folder / "IMG.CR2", 1)
        put(catalog, folder / "OTHER.CR2", 2)
        shared, alone = publish(publisher, replace(ALL, naming=Naming.ADOBE))
        assert shared.outcome is Outcome.REFUSED and "share" in str(shared.reason)
        assert alone.sidecar == str(folder / "OTHER.xmp")

    def test_two_raws_of_one_stem_do_not_share_an_old_sidecar(
        self, publisher: Publisher, catalog: Catalog, folder: Path
    ) -> None:
        for number, name in enumerate(("IMG.CR2", "IMG.NEF")):
            (folder / name).write_bytes(b"x")
            put(catalog, folder / name, number)
        (folder / "IMG.xmp").write_bytes(style("lightroom"))
        publish(publisher)
        assert (folder / "IMG.xmp").read_bytes() == style("lightroom")
        assert (folder / "IMG.NEF.xmp").exists()
