"""A JSON file that a benchmark is given: read, or told in one line why not."""

import json
from pathlib import Path
from typing import Any

from aesplugin.errors import DataError


def read_json(path: Path) -> Any:
    """What the file holds.

    Raises:
        DataError: it cannot be read, or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise DataError(f"{path} is not JSON: {error}") from None
