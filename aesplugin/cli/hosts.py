"""aesplugin hosts: where the plug-ins for other programs lie."""

from aesplugin.cli.console import out, printable

PLUGINS = {
    "darktable": "darktable/aesplugin.lua",
    "Lightroom Classic": "lightroom/aesplugin.lrplugin",
}


def command() -> None:
    """Print the files to copy into other programs; docs/hosts says how.

    Example: aesplugin hosts
    """
    from importlib.resources import files

    for program, path in PLUGINS.items():
        out.print(f"{program:18} {printable(str(files('aesplugin.hosts') / path))}", soft_wrap=True)
