"""Rejects variables and files that make Terraform deploy something other than the synthesized stack."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem

UNSAVED_STATE = "errored.tfstate"
"""The file that Terraform writes in a stack's folder if it cannot save the state."""

_WORKSPACE = "TF_WORKSPACE"
# Terraform adds these to its command line. A plan does not contain them.
_ARGUMENTS = re.compile(r"TF_CLI_ARGS(_(init|plan|show|apply|output))?")
_STATE_OPTION = re.compile(r"(?<![\w-])--?(backend-config|backend|state|state-out)(?![\w-])")
# https://developer.hashicorp.com/terraform/language/files
_CONFIGURATION = re.compile(r".*\.(tf|tofu)(\.json)?|terraform\.tfvars(\.json)?|.*\.auto\.tfvars(\.json)?")


def reject_state_overrides(variables: Mapping[str, str]) -> None:
    """Raise if environment variables select another state: a plan does not show which state it is for.

    Raises:
        InputError: when a Terraform variable selects another workspace, backend or state.
    """
    fix = "Unset it: each stack defines its own state"
    problems = [
        Problem(name, "selects another state than the stack's own", fix)
        for name, value in sorted(variables.items())
        if (name == _WORKSPACE and value not in ("", "default"))
        or (_ARGUMENTS.fullmatch(name) and _STATE_OPTION.search(value))
    ]
    if problems:
        raise InputError(problems)


def reject_leftovers(stacks: Sequence[Stack]) -> None:
    """Raise if a stack's folder contains other configuration than the synthesized one, or an unsaved state.

    Raises:
        InputError: as `reject_extra_files` and `reject_unsaved_states` do.
    """
    reject_unsaved_states(stacks)
    reject_extra_files(stacks)


def reject_unsaved_states(stacks: Sequence[Stack]) -> None:
    """Raise if an earlier run could not save a state: Terraform would create the same resources again.

    Raises:
        InputError: for each file with such a state.
    """
    files = [file for stack in stacks if (file := stack.file.parent / UNSAVED_STATE).is_file()]
    if files:
        what = "is the state of an earlier run, which Terraform could not save"
        raise InputError(
            [Problem(str(file), what, f"Save it and delete the file: {_push(file)}") for file in files]
        )


def reject_extra_files(stacks: Sequence[Stack]) -> None:
    """Raise if a stack's folder contains configuration that was not synthesized: the gate does not see it.

    Raises:
        InputError: for each other file that Terraform reads, and for a selected workspace.
    """
    problems = [
        Problem(str(file), "is not synthesized, but Terraform would read it", "Delete it")
        for stack in stacks
        for file in _extra_files(stack)
    ]
    if problems:
        raise InputError(problems)


def _push(file: Path) -> str:
    return f"`terraform -chdir={file.parent} state push {file.name}`"


def _extra_files(stack: Stack) -> Iterator[Path]:
    folder = stack.file.parent
    for file in sorted(folder.iterdir()):
        if _CONFIGURATION.fullmatch(file.name) and file.name != stack.file.name:
            yield file
    workspace = folder / ".terraform" / "environment"
    if workspace.is_file():
        name = workspace.read_text(encoding="utf-8", errors="replace").strip()
        if name != "default":
            yield workspace
