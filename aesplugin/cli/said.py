"""What a person said of photos, as `aesplugin prefer` lists and exports it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from aesplugin.cli.console import out, print_json, printable, say
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.catalog.records import Preference
    from aesplugin.services.prefer import Preferences


def export_said(preferences: "Preferences", revision: str, target: Path) -> int:
    """Writes all of it as CSV to `target`, whole or not at all; returns of how many photos.

    Raises:
        UsageError: the target is a photo, or has a photo's or a sidecar's name, or cannot be
            written.
    """
    from aesplugin.services.whole_file import written_whole

    known = preferences.keys_of([os.path.abspath(target)]).values()
    if any(known):
        raise UsageError(f"{target} is a photo of the catalog; name another file")
    with written_whole(target) as path:
        return preferences.export(revision, path)


def list_said(
    preferences: "Preferences", revision: str, photos: list[str] | None, *, json: bool
) -> bool:
    """Prints what was said (of `photos`, if any); True where one of them is not known."""
    keys = preferences.keys_of(photos or ())
    said = [word for word in preferences.all() if not keys or word.content_hash in keys.values()]
    for word in said:
        _print(word, preferences.path_of(word.content_hash, revision), json=json)
    unknown = [photo for photo, key in keys.items() if key is None]
    for photo in unknown:
        say(f"{photo} is not in the catalog")
    if not said and not keys:
        say(f"{preferences.user} has rated nothing yet; see: aesplugin prefer --help")
    elif not said and not unknown:
        say(f"{preferences.user} has said nothing of these photos yet")
    return bool(unknown)


def _print(word: "Preference", path: str, *, json: bool) -> None:
    if json:
        print_json(
            {
                "path": path,
                "content_hash": word.content_hash,
                "rating": word.rating,
                "favorite": bool(word.favorite),
                "source": word.source,
            }
        )
    else:
        stars = "-" if word.rating is None else "★" * word.rating
        heart = " favourite" if word.favorite else ""
        out.print(f"{stars:5}{heart}  {printable(path)}", markup=False, soft_wrap=True)
