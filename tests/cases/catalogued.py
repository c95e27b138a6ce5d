"""A folder scored into a catalog of its own, and what is made of it."""

from pathlib import Path

from aesplugin.compose import Workshop
from aesplugin.services.culling import profiles
from aesplugin.services.culling.candidate import Wish
from aesplugin.services.culling.cull import Cull, cull
from aesplugin.services.groups.group import Shoot, read_shoot
from aesplugin.settings import Settings


class Catalogued:
    """One folder of photos; scores come from the fake model."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.workshop = Workshop(
            Settings(catalog=str(home / "c.sqlite3"), cache=home / "cache", model="fake")
        )
        self.score()

    def score(self) -> None:
        """Scores what is new in the folder."""
        run = self.workshop.score_run()
        for _ in run.run(run.plan([str(self.folder)])):
            pass

    def shoot(self, below: str = "") -> Shoot:
        """What is known of the folder, or of one in it."""
        revision = self.workshop.card.revision
        return read_shoot(self.workshop.catalog, revision, str(self.folder / below))

    def cull(self, below: str = "", **wish: float) -> Cull:
        """What is proposed of it."""
        return cull(
            self.shoot(below),
            Wish(**wish),  # type: ignore[arg-type]
            profiles.load("general"),
            sketches=self.workshop.sketch,
        )

    def name(self, found: Cull, key: str) -> str:
        """The file a photo is shown by, from the folder on."""
        return str(Path(found.paths[key]).relative_to(self.folder))

    def together(self, below: str = "") -> list[list[str]]:
        """The files of each photo that has more than one, sorted."""
        found = self.cull(below)
        exposures = (found.grouping.files_of(unit) for unit in found.grouping.units)
        return sorted(
            sorted(self.name(found, key) for key in files) for files in exposures if len(files) > 1
        )
