"""The command line: one file per command, errors handled once, here."""

import gc
import os
import sys
from typing import Annotated

import typer

from aesplugin import __version__
from aesplugin.cli.commands import CommandLine
from aesplugin.cli.console import say_error
from aesplugin.errors import AesError

USAGE_ERROR = 2  # as every command line has it
INTERNAL_ERROR = 70  # sysexits: an error of ours
# New objects between two collections: loading modules makes many that all stay, and looking through
# them after every 700 takes a twentieth of a short command.
_COLLECT_AFTER = 50_000

app = typer.Typer(
    name="aesplugin",
    cls=CommandLine,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if value:
        typer.echo(f"aesplugin {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """A second opinion on your photos, offline: scores, reasons and suggestions.

    Results go to standard output; progress and errors go to standard error.
    """


def main() -> None:
    """Runs the command and ends the process with its exit code."""
    gc.set_threshold(_COLLECT_AFTER)
    try:
        # standalone, typer would print an error in a box of three lines
        sys.exit(app(prog_name="aesplugin", standalone_mode=False))
    except AesError as error:
        say_error(str(error))
        sys.exit(error.exit_code)
    except typer.TyperException as error:
        if str(error):  # nothing is wrong with a group without a command: its help was printed
            say_error(_misused(error))
        sys.exit(USAGE_ERROR)
    except BrokenPipeError:  # `aesplugin export | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("AES_DEBUG"):
            raise
        say_error(f"internal error: {type(error).__name__}: {error}; set AES_DEBUG=1 for details")
        sys.exit(INTERNAL_ERROR)


def _misused(error: typer.TyperException) -> str:
    """What is wrong with the command line, and which help to read."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "aesplugin"
    message = " ".join(getattr(error, "format_message", error.__str__)().split())
    message = message.replace("Value error, ", "")  # pydantic's prefix
    return f"{message.rstrip('.')}; see {command} --help"


if __name__ == "__main__":
    main()
