"""The command `arqctl state recover`."""

from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.atomic_files import OWNER_ONLY, write
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.errors import InputError, Problem
from arqctl.core.synthesis import find_project, synthesize
from arqctl.core.terraform_cli import find_terraform
from arqctl.deploy.encrypted_state import EncryptedState
from arqctl.deploy.progress_output import timed_step
from arqctl.deploy.recovery_key import decrypt_state, find_recovery_alias
from arqctl.deploy.unsaved_state import push_commands
from arqctl.deploy.workdir_lock import exclusive_lock
from arqctl.terraform.errors import exit_on_refusal
from arqctl.terraform.preflight import UNSAVED_STATE
from arqctl.terraform.stacks import initialized_workdirs, select_for_target
from arqctl.terraform.target import aws

state = typer.Typer(
    name="state", help="Recover a state that a deployment could not save.", no_args_is_help=True
)


@state.callback()
def _group() -> None:
    """Keep `recover` a subcommand although there is only one."""


@state.command()
def recover(
    file: Annotated[Path, typer.Argument(help="The encrypted state, from the failed deployment's artifact.")],
) -> None:
    """Decrypt a state that a deployment could not save, and show how to save it.

    The state is decrypted with the key in KMS, which administrators of the account may use. It is written to
    the stack's folder and contains secrets in clear text.

    Exit codes: 0 decrypted, 4 refused by Terraform, 2 invalid input, 1 internal error.

    Example: arqctl state recover production.json
    """
    encrypted = EncryptedState.parse(_read(file), where=str(file))
    binary, root = find_terraform(), find_project(Path.cwd())
    target = aws(root)
    with exclusive_lock(target.assembly_dir), exit_on_refusal(target):
        with timed_step(encrypted.stack, "synthesize"):
            assembly = synthesize(root, target.assembly_dir)
            stacks = select_for_target(target, assembly, [encrypted.stack])
        text = _decrypt(encrypted, find_recovery_alias(assembly, stacks[0].environment))
        with initialized_workdirs(target, binary, stacks) as workdirs:
            workdir = next(each for each in workdirs if each.stack.name == encrypted.stack)
            write(workdir.terraform.folder / UNSAVED_STATE, text, mode=OWNER_ONLY)
            typer.echo(
                f"The state is in {workdir.terraform.folder / UNSAVED_STATE}. "
                "Save it and delete the file, which contains secrets in clear text:"
            )
            typer.echo(push_commands(workdir))
            typer.echo(f"Then plan again: arqctl plan {encrypted.stack}")


def _decrypt(encrypted: EncryptedState, key: tuple[str, str] | None) -> str:
    if key is None:
        fix = "Check out the revision whose deployment failed"
        raise InputError([Problem(encrypted.stack, "has no recovery key in any stack", fix)])
    alias, region = key
    try:
        return decrypt_state(AwsApi.connect(), encrypted, alias, region).decode()
    except AwsError as error:
        fix = f"Use credentials of an administrator of the account, where {encrypted.key_arn} encrypted it"
        what = f"does not decrypt the state: {error}"
        raise InputError([Problem(alias, what, error.fix or fix)]) from error


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fix = "Download the artifact of the failed deployment"
        raise InputError([Problem(str(file), f"cannot be read: {error}", fix)]) from error
