"""aesplugin hosts: locate or install the plug-ins for other programs."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli.console import out, printable
from aesplugin.errors import UsageError

PLUGINS = {
    "darktable": ("darktable", "darktable/aesplugin.lua"),
    "lightroom": ("Lightroom Classic", "lightroom/aesplugin.lrplugin"),
}


def command(
    program: Annotated[
        str | None,
        typer.Argument(metavar="PROGRAM", help="darktable or lightroom (default: both)."),
    ] = None,
    *,
    copy_to: Annotated[
        Path | None,
        typer.Option(
            "--copy-to", metavar="DIR", help="Copy into this folder, replacing an older copy."
        ),
    ] = None,
) -> None:
    """Print where the plug-ins for other programs are, or copy them; see docs/hosts.

    Example: aesplugin hosts darktable --copy-to ~/.config/darktable/lua
    """
    from importlib.resources import as_file, files

    if program not in (None, *PLUGINS):
        raise UsageError(f"there is no plug-in for {program}: choose {' or '.join(PLUGINS)}")
    if copy_to is not None and not copy_to.is_dir():
        raise UsageError(f"{copy_to} is not a folder: create it first, or name another")
    for name, path in [PLUGINS[program]] if program else PLUGINS.values():
        with as_file(files("aesplugin.hosts") / path) as source:
            shown = source if copy_to is None else _copied(source, copy_to)
        out.print(f"{name:18} {printable(str(shown))}", soft_wrap=True)


def _copied(source: Path, folder: Path) -> Path:
    """The file or folder, copied over an older one of the same name."""
    target = folder / source.name
    try:
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror or error}") from None
    return target
