"""aesplugin show: everything known about one photo."""

import os
import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, printable
from aesplugin.errors import UsageError
from aesplugin.photo import PhotoState

if TYPE_CHECKING:
    from aesplugin.assessment import Assessment
    from aesplugin.catalog.records import Entry


def command(
    photo: Annotated[str, typer.Argument(help="Path, or first characters of the content hash.")],
    *,
    json: options.Json = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """Show score, faces, measured attributes, suggestions and EXIF of one photo.

    Example: aesplugin show IMG_0042.JPG
    """
    from aesplugin.compose import Workshop
    from aesplugin.services.files.same_files import known_place
    from aesplugin.services.serialise import entry_dict
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(catalog=catalog, model=model))
    revision = workshop.card.revision
    entry = workshop.catalog.entry(os.path.abspath(photo), revision)
    entry = entry or workshop.catalog.entry(photo, revision)
    entry = entry or workshop.catalog.entry(known_place(workshop.catalog, photo), revision)
    if entry is None:
        raise UsageError(
            f"{photo} is not in the catalog; name the file by its path, "
            f"or add it with: aesplugin score {shlex.quote(photo)}"
        )
    if json:
        print_json(entry_dict(entry))
    else:
        _print_entry(entry)


def _print_entry(entry: "Entry") -> None:
    from aesplugin.cli.tables import attribute_table
    from aesplugin.services.faces import faces_line
    from aesplugin.services.serialise import exif_dict

    out.print(printable(entry.path), markup=False, style="bold", soft_wrap=True)
    if entry.assessment:
        _print_assessment(entry.assessment)
    else:
        reason = f" ({entry.reason})" if entry.reason else ""
        out.print(f"no score, {entry.state}{reason}", markup=False, soft_wrap=True)
    if entry.faces is not None:
        out.print(faces_line(entry.faces), markup=False)
    if entry.attributes:
        out.print(attribute_table(dict(entry.attributes)))
    if entry.photo:
        tags = ", ".join(f"{name} {value}" for name, value in exif_dict(entry.photo.exif).items())
        if entry.photo.note:
            out.print(f"note: {printable(entry.photo.note)}", markup=False, soft_wrap=True)
        out.print(f"EXIF: {tags or entry.photo.exif_problem or 'none'}", markup=False, style="dim")


def _print_assessment(assessment: "Assessment") -> None:
    from aesplugin.services.advice.reasons import margin, not_a_photo, own_reasons, what_it_shows

    score = f"score {assessment.score:.2f}{margin(assessment)} of 10"
    out.print(f"{score}, {PhotoState.ASSESSED}", markup=False, soft_wrap=True)
    name = not_a_photo(assessment)
    if name:
        out.print(f"{name}: no photo advice", markup=False)
    for line in (printable(what_it_shows(assessment)), assessment.comment):
        if line:
            out.print(line, markup=False)
    reasons = own_reasons(assessment)
    if reasons is not None:
        out.print(f"why: {printable('; '.join(reasons))}", markup=False)
    for suggestion in assessment.suggestions:
        out.print(f"  → {suggestion.advice} [{suggestion.flaw}]", markup=False)
