"""aesplugin doctor: check this installation."""

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, printable

SOME_FAILED = 1


def command(*, json: options.Json = False, catalog: options.Catalog = None) -> None:
    """Check this installation: catalog, decoders, model, faces and disk.

    Each failure says how to fix it. Exits with 1 if a check failed.

    Example: aesplugin doctor
    """
    from aesplugin.compose import Workshop
    from aesplugin.services.doctor import examine_installation
    from aesplugin.settings import load_settings

    findings = examine_installation(Workshop(load_settings(catalog=catalog)))
    if json:
        print_json([{"what": f.what, "ok": f.ok, "detail": f.detail} for f in findings])
    else:
        for finding in findings:
            mark = "ok  " if finding.ok else "FAIL"
            style = "green" if finding.ok else "bold red"
            out.print(mark, style=style, end=" ")
            line = f"{finding.what}: {printable(finding.detail)}"
            out.print(line, markup=False, soft_wrap=True)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(SOME_FAILED)
