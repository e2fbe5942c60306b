"""What is refused, and how it is said: by Terraform, or by arqctl because it isn't what was reviewed."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from arqctl.core.errors import ExitCode
from arqctl.core.terraform_cli import TerraformError
from arqctl.terraform.target import Site


class RefusedError(Exception):
    """A deployment that arqctl refuses. Its text says why, and how to go on."""


@contextmanager
def refusals_told(site: Site) -> Iterator[None]:
    """Say what is refused in words.

    Raises:
        typer.Exit: with 4 for what is refused, with 1 for what someone stopped.
    """
    try:
        yield
    except TerraformError as error:
        simulated = " (simulated)" if site.is_simulated else ""
        typer.echo(f"Terraform refused it{simulated}:\n{error}", err=True)
        raise typer.Exit(ExitCode.VIOLATION) from error
    except RefusedError as error:
        typer.echo(f"Refused: {error}", err=True)
        raise typer.Exit(ExitCode.VIOLATION) from error
    except KeyboardInterrupt as stopped:
        typer.echo("\nStopped. What was done is in the state: run it again to go on.", err=True)
        raise typer.Exit(ExitCode.INTERNAL_ERROR) from stopped
