"""Reports refused deployments and their exit code."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from arqctl.core.errors import ExitCode
from arqctl.core.interruption import interrupt_on_signals
from arqctl.core.sanitize import sanitize
from arqctl.core.terraform_cli import TerraformError
from arqctl.terraform.target import DeployTarget


class RefusedError(Exception):
    """A deployment that arqctl refuses. The text has the reason and what to do next."""


@contextmanager
def exit_on_refusal(target: DeployTarget) -> Iterator[None]:
    """Print a refusal and exit. A signal that ends a pipeline's job interrupts the run as Ctrl-C does.

    Raises:
        typer.Exit: with 4 when Terraform or arqctl refuses, with 1 after an interruption.
    """
    try:
        with interrupt_on_signals():
            yield
    except TerraformError as error:
        simulated = " (simulated)" if target.is_simulated else ""
        typer.echo(f"Terraform refused it{simulated}:\n{_printable(error)}", err=True)
        raise typer.Exit(ExitCode.VIOLATION) from error
    except RefusedError as error:
        typer.echo(f"Refused: {_printable(error)}", err=True)
        raise typer.Exit(ExitCode.VIOLATION) from error
    except KeyboardInterrupt as interrupt:
        text = "Stopped. The state contains what was done: run it again to continue."
        typer.echo("\n" + "\n".join(filter(None, [_printable(interrupt), text])), err=True)
        raise typer.Exit(ExitCode.INTERNAL_ERROR) from interrupt


def _printable(error: BaseException) -> str:
    """Return the lines without control characters. Others wrote the values in Terraform's messages."""
    return "\n".join(sanitize(line) for line in str(error).split("\n"))
