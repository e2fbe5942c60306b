"""Saves the state of an apply that Terraform could not write to the backend.

Terraform then writes it to `errored.tfstate` in the stack's folder, which a pipeline's machine does not keep.
https://developer.hashicorp.com/terraform/cli/commands/state/push
"""

import re
import shlex
from pathlib import Path
from typing import Final

from arqctl.core.atomic_files import OWNER_ONLY, write
from arqctl.core.errors import InputError
from arqctl.core.terraform_cli import TerraformError
from arqctl.deploy.encrypted_state import EncryptedState, RecoveryKey
from arqctl.terraform.preflight import UNSAVED_STATE
from arqctl.terraform.stacks import StackWorkdir

_LOCK_REMAINS: Final = "Error releasing the state lock"
_LOCK_ID: Final = re.compile(r"\bID:\s+([\w-]+)")


def save_unsaved_state(workdir: StackWorkdir, error: str, *, folder: Path, key: RecoveryKey | None) -> str:
    """Push the stack's `errored.tfstate` to the backend; if that fails, encrypt it into `folder`.

    Return what was done and what to do next, or "" if Terraform saved the state. `error` is the error of the
    apply. Terraform rejects a push if somebody changed the state in the meantime.
    """
    file = workdir.terraform.folder / UNSAVED_STATE
    if not file.is_file():
        return ""
    name = workdir.stack.name
    # The failed apply still has the lock, so no other run can.
    options = ("-lock=false",) if _LOCK_REMAINS in error else ()
    try:
        workdir.terraform.push_state(UNSAVED_STATE, *options)
    except TerraformError as rejection:
        return _keep(workdir, file, str(rejection), folder=folder, key=key)
    file.unlink()
    saved = f"The state of {name} was saved by a second attempt."
    return f"{saved}\n{_unlock_command(workdir, error)}" if options else saved


def push_commands(workdir: StackWorkdir) -> str:
    """Return the commands that save the stack's `errored.tfstate`, one a line."""
    terraform = _terraform(workdir)
    commands = (
        f"{terraform} state push {UNSAVED_STATE}",
        f"{terraform} force-unlock ID   # if the push names a lock that no run holds any longer; push again",
        f"rm {shlex.quote(str(workdir.terraform.folder / UNSAVED_STATE))}",
    )
    return "\n".join(f"  {command}" for command in commands)


def _unlock_command(workdir: StackWorkdir, error: str) -> str:
    """Return how to end the lock that the apply left. Terraform's error names it."""
    found = _LOCK_ID.search(error)
    name = shlex.quote(found[1]) if found else "ID"
    return (
        "It is still locked. Make sure that no run is active. Then unlock it, with credentials that can "
        f"write the state:\n  {_terraform(workdir)} force-unlock {name}"
    )


def _terraform(workdir: StackWorkdir) -> str:
    return f"{workdir.terraform.binary.name} -chdir={shlex.quote(str(workdir.terraform.folder))}"


def _keep(workdir: StackWorkdir, file: Path, rejection: str, *, folder: Path, key: RecoveryKey | None) -> str:
    name = workdir.stack.name
    lines = [
        f"The state of {name} could not be saved, at the second attempt either: {rejection}",
        f"Deploy nothing to {name} before it is saved: Terraform would create the same resources again.",
        f"It is in {file}, with secrets in clear text. To save it, use credentials that can write the state:",
        push_commands(workdir),
    ]
    if key is not None:
        lines += _encrypt(file, folder / f"{name}.json", name, key)
    return "\n".join(lines)


def _encrypt(file: Path, encrypted: Path, stack: str, key: RecoveryKey) -> list[str]:
    """Encrypt the state, and return what to do with it. A failure must not hide Terraform's error."""
    try:
        text = EncryptedState.encrypt(file.read_bytes(), stack=stack, key=key).to_json()
        write(encrypted, text, mode=OWNER_ONLY)
    except (InputError, OSError, ValueError) as error:
        return [f"It could not be encrypted into {encrypted}: {error}"]
    return [
        f"Administrators can also decrypt {encrypted}, which a pipeline keeps as an artifact:",
        f"  arqctl state recover {encrypted.name}",
    ]
