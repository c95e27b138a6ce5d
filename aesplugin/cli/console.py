"""Where commands print: results to standard output, progress and errors to standard error."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def say_error(message: str) -> None:
    """One line on standard error, whatever the message holds."""
    err.print(Text("error: ", style="bold red"), Text(printable(message)), sep="", soft_wrap=True)


def say(message: str) -> None:
    """One line of information on standard error."""
    err.print(Text(printable(message)), soft_wrap=True)


def print_json(value: Any) -> None:
    """One JSON value on one line; ASCII only, so that any path survives any terminal."""
    sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")
    sys.stdout.flush()


def printable(text: str) -> str:
    """`text` with line breaks, control characters and undecodable bytes shown as escapes."""
    plain = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in plain)
