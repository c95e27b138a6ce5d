"""Items of a JSON array one by one: AVA's comments fill gigabytes."""

from collections.abc import Iterator
from pathlib import Path

from aesplugin.errors import DataError
from aesplugin.training.datasets.reading import unreadable


def items(path: Path, prefix: str) -> Iterator[tuple[str, object]]:
    """("file, item 3", value) of the array at `prefix` ("item": the top one; "images.item").

    Raises:
        DataError: the file cannot be read, or is cut off or no JSON (after the items before it).
    """
    try:
        import ijson
    except ModuleNotFoundError:
        raise DataError(f"{path} needs ijson: pip install 'aesplugin[train]'") from None
    try:
        with path.open("rb") as stream:
            found = ijson.items(stream, prefix, use_float=True)
            for number, value in enumerate(found, start=1):
                yield f"{path.name}, item {number}", value
    except OSError as error:
        raise unreadable(path, error) from None
    except (ijson.JSONError, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise DataError(f"{path} is cut off or no JSON ({first})") from None
