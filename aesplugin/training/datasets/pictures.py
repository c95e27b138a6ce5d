"""Which pictures are there: folders are listed once, not asked file by file."""

import os
from pathlib import Path, PurePosixPath

from aesplugin.errors import DataError
from aesplugin.training.datasets.skipped import Skip


class Pictures:
    """Pictures in one or more folders, found by the name a label file gives them.

    Only what a listing holds is ever found, so no name in a label file leads out of the folders.
    """

    def __init__(self, *folders: Path) -> None:
        """Takes those of `folders` that exist, the first before the others.

        Raises:
            DataError: none of them does.
        """
        self.folders = [folder for folder in folders if folder.is_dir()]
        if not self.folders:
            named = " nor ".join(str(folder) for folder in folders)
            raise DataError(f"{named} is not a folder of pictures; see docs/datasets.md")
        self._listed: dict[Path, dict[str, str]] = {}

    def find(self, *names: str) -> Path:
        """The first picture called one of `names` ("file.jpg", "folder/file.jpg", or no suffix).

        Raises:
            Skip: there is none.
        """
        for folder in self.folders:
            for name in names:
                if found := self._find(folder, name):
                    return found
        raise Skip("absent", f"no picture {names[0]!r} in {self.folders[0]}")

    def _find(self, folder: Path, name: str) -> Path | None:
        below, _, file = name.rpartition("/")
        if below:
            if below not in self._names(folder):
                return None
            folder /= below
        found = self._names(folder).get(file)
        return folder / found if found else None

    def _names(self, folder: Path) -> dict[str, str]:
        """File names by themselves and by themselves without suffix."""
        if folder not in self._listed:
            try:
                with os.scandir(folder) as entries:
                    names = sorted(entry.name for entry in entries)
            except OSError as error:
                raise DataError(f"{folder} cannot be listed: {error.strerror}") from None
            stems = {PurePosixPath(name).stem: name for name in reversed(names)}
            self._listed[folder] = stems | {name: name for name in names}
        return self._listed[folder]
