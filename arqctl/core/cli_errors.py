"""Maps exceptions to messages and exit codes."""

import os
import sys
import traceback
from collections.abc import Callable

import typer

from arqctl.core.errors import ExitCode, InputError


def run_cli(run: Callable[[], object]) -> None:
    """Run a program. Exit with 2 on invalid input and with 1 on an internal error, without a traceback."""
    try:
        run()
    except InputError as error:
        print_errors(error)
        sys.exit(ExitCode.INVALID_INPUT)
    except Exception as error:  # noqa: BLE001 - users see a traceback only with ARQ_TRACEBACK
        if os.environ.get("ARQ_TRACEBACK"):
            traceback.print_exc()
        typer.echo(
            f"arqctl: internal error: {type(error).__name__}: {error}\n"
            "Run it again with ARQ_TRACEBACK=1 and report the traceback",
            err=True,
        )
        sys.exit(ExitCode.INTERNAL_ERROR)


def print_errors(error: InputError) -> None:
    """Print all problems of the input to standard error."""
    count = len(error.problems)
    heading = "" if count == 1 else f"{count} problems:\n"
    typer.echo(f"arqctl: {heading}{error}", err=True)
