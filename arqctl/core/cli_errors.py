"""How a program ends that meets a mistake of its user, or a fault of its own: in words, not a traceback."""

import os
import sys
import traceback
from collections.abc import Callable

import typer

from arqctl.core.errors import ExitCode, InputError


def reported(run: Callable[[], object]) -> None:
    """Run a program's whole work. A mistake of the user ends it with 2, a fault of the tool with 1."""
    try:
        run()
    except InputError as error:
        tell_mistake(error)
        sys.exit(ExitCode.WRONG_INPUT)
    except Exception as error:  # noqa: BLE001 - the last line of defence: no user sees a traceback unasked
        if os.environ.get("ARQ_TRACEBACK"):
            traceback.print_exc()
        typer.echo(
            f"arqctl: this is a fault of arqctl, not of your input: {type(error).__name__}: {error}\n"
            "Run it again with ARQ_TRACEBACK=1 and report what it prints",
            err=True,
        )
        sys.exit(ExitCode.FAULT)


def tell_mistake(error: InputError) -> None:
    """Say all that is wrong with the input, to whoever waits."""
    count = len(error.problems)
    heading = "" if count == 1 else f"{count} problems:\n"
    typer.echo(f"arqctl: {heading}{error}", err=True)
