"""What lies around a stack and would have Terraform deploy something else than what was reviewed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem

_WORKSPACE = "TF_WORKSPACE"
# Terraform adds these to its command lines; what they name is in no plan.
_ARGUMENTS = re.compile(r"TF_CLI_ARGS(_(init|plan|show|apply|output))?")
_OTHER_STATE = re.compile(r"(?<![\w-])--?(backend-config|backend|state|state-out)(?![\w-])")
# https://developer.hashicorp.com/terraform/language/files
_READ = re.compile(r".*\.(tf|tofu)(\.json)?|terraform\.tfvars(\.json)?|.*\.auto\.tfvars(\.json)?")


def require_own_state(variables: Mapping[str, str]) -> None:
    """Let pass what uses each stack's own state: a plan doesn't tell which state it is of.

    Raises:
        InputError: when a variable of Terraform's names another workspace, backend or state.
    """
    fix = "Unset it: each stack has one state, which it names itself"
    problems = [
        Problem(name, "has Terraform use another state than the stack's own", fix)
        for name, value in sorted(variables.items())
        if (name == _WORKSPACE and value not in ("", "default"))
        or (_ARGUMENTS.fullmatch(name) and _OTHER_STATE.search(value))
    ]
    if problems:
        raise InputError(problems)


def require_nothing_else(stacks: Sequence[Stack]) -> None:
    """Let pass folders that hold nothing for Terraform but what was synthesized: the gate sees that alone.

    Raises:
        InputError: for each file that Terraform would read as well, and a workspace that was chosen there.
    """
    fix = "Delete it: what is deployed is synthesized"
    problems = [
        Problem(str(file), "isn't synthesized, and Terraform would read it as well", fix)
        for stack in stacks
        for file in _others(stack)
    ]
    if problems:
        raise InputError(problems)


def _others(stack: Stack) -> Iterator[Path]:
    folder = stack.file.parent
    for file in sorted(folder.iterdir()):
        if _READ.fullmatch(file.name) and file.name != stack.file.name:
            yield file
    chosen = folder / ".terraform" / "environment"
    if chosen.is_file() and chosen.read_text(encoding="utf-8", errors="replace").strip() != "default":
        yield chosen
