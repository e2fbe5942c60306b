"""The command `arqctl`. A mistake of the user ends with 2 and a message, a fault of the tool with 1."""

import os
import sys
import traceback

import typer

from arqctl.doctor import doctor
from arqctl.errors import ExitCode, InputError
from arqctl.gate.command import accept, gate

app = typer.Typer(
    name="arqctl",
    help="Judges what a CDKTF project synthesizes. It needs no AWS account and no network.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(gate)
app.command()(accept)
app.command()(doctor)


def main() -> None:
    """Run the command line."""
    try:
        app()
    except InputError as error:
        count = len(error.problems)
        heading = "" if count == 1 else f"{count} problems:\n"
        typer.echo(f"arqctl: {heading}{error}", err=True)
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


if __name__ == "__main__":
    main()
