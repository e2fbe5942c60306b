"""Reports refused deployments and their exit code."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from arqctl.core.errors import ExitCode
from arqctl.core.terraform_cli import TerraformError
from arqctl.terraform.target import DeployTarget


class RefusedError(Exception):
    """A deployment that arqctl refuses. The text has the reason and what to do next."""


@contextmanager
def exit_on_refusal(target: DeployTarget) -> Iterator[None]:
    """Print a refusal and exit.

    Raises:
        typer.Exit: with 4 when Terraform or arqctl refuses, with 1 after Ctrl-C.
    """
    try:
        yield
    except TerraformError as error:
        simulated = " (simulated)" if target.is_simulated else ""
        typer.echo(f"Terraform refused it{simulated}:\n{error}", err=True)
        raise typer.Exit(ExitCode.VIOLATION) from error
    except RefusedError as error:
        typer.echo(f"Refused: {error}", err=True)
        raise typer.Exit(ExitCode.VIOLATION) from error
    except KeyboardInterrupt as interrupt:
        typer.echo("\nStopped. The state contains what was done: run it again to continue.", err=True)
        raise typer.Exit(ExitCode.INTERNAL_ERROR) from interrupt
