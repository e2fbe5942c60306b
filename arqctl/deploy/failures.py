"""Explains what a failed plan or apply leaves, and how to continue."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from arqctl.core.interruption import ignore_interruptions
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
        KeyboardInterrupt: with the same, after an interruption.
    """
    try:
        yield
    except TerraformError as error:
        raise TerraformError(_explain(workdirs, str(error), unsaved_states, key)) from error
    except KeyboardInterrupt as interrupt:
        # A resource whose creation was interrupted may be tainted, too.
        raise KeyboardInterrupt(_explain(workdirs, str(interrupt), unsaved_states, key)) from interrupt


def _explain(workdirs: Sequence[StackWorkdir], error: str, folder: Path, key: RecoveryKey | None) -> str:
    with ignore_interruptions():
        saved = _save_states(workdirs, error, folder, key)
        tainted = [explain_tainted(workdir) for workdir in workdirs]
    return "\n".join(filter(None, [error, *saved, *tainted]))


def _save_states(
    workdirs: Sequence[StackWorkdir], error: str, folder: Path, key: RecoveryKey | None
) -> list[str]:
    results = [save_unsaved_state(workdir, error, folder=folder, key=key) for workdir in workdirs]
    return [result for result in results if result]
