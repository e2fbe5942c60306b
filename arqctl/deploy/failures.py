"""Explains what a failed plan or apply leaves, and how to continue."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from arqctl.core.terraform_cli import TerraformError
from arqctl.deploy.encrypted_state import RecoveryKey
from arqctl.deploy.unsaved_state import save_unsaved_state
from arqctl.terraform.stacks import StackWorkdir
from arqctl.terraform.tainted import explain_tainted


@contextmanager
def explain_failures(
    workdirs: Sequence[StackWorkdir], *, unsaved_states: Path, key: RecoveryKey | None = None
) -> Iterator[None]:
    """Save the states that Terraform could not save, and add to its error how to continue.

    A state that cannot be saved is encrypted with `key` into the folder `unsaved_states`.

    Raises:
        TerraformError: with Terraform's messages and the explanation.
    """
    try:
        yield
    except TerraformError as error:
        saved = _save_states(workdirs, str(error), unsaved_states, key)
        tainted = [explain_tainted(workdir) for workdir in workdirs]
        raise TerraformError("\n".join(filter(None, [str(error), *saved, *tainted]))) from error
    except KeyboardInterrupt:
        for line in _save_states(workdirs, "", unsaved_states, key):
            typer.echo(line, err=True)
        raise


def _save_states(
    workdirs: Sequence[StackWorkdir], error: str, folder: Path, key: RecoveryKey | None
) -> list[str]:
    results = [save_unsaved_state(workdir, error, folder=folder, key=key) for workdir in workdirs]
    return [result for result in results if result]
