"""A gallery that does not fit into one window: rows without files, as the benchmark makes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aesplugin.compose import Workshop
from aesplugin.evaluation.benchmarks.page import fill
from aesplugin.settings import Settings
from tests.web.lines import Place, serving
from tests.web.site import Site


@contextmanager
def large(home: Path, photos: int) -> Iterator[Place]:
    """A page over so many made-up photos."""
    settings = Settings(
        catalog=str(home / "catalog.sqlite3"), cache=home / "cache", model="fake", decoders=1
    )
    workshop = Workshop(settings)
    fill(workshop.catalog, workshop.card, photos=photos)
    with serving(Site(workshop=workshop, folder=home, photos={})) as place:
        yield place
    workshop.catalog.close()
