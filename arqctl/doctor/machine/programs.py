"""Checks Node, cdktf-cli, Terraform and git, and Terraform's own configuration."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from arqctl.doctor.check import Check, Status

_NODE_RELEASES = (20, 22)
_CDKTF_CLI = (0, 21)
_TERRAFORM = (1, 9)
_SETUP = "make setup"


def check_node() -> Check:
    """Check Node for cdktf and jsii; cdktf-cli 0.21 has no prebuilt pty for Node 24."""
    name, needed = "Node", " or ".join(map(str, _NODE_RELEASES))
    program = _program("node")
    if program is None:
        return Check(name, Status.MISSING, "not found", _SETUP)
    version = _version(program, "--version")
    found = f"{_dotted(version)} at {_display(program)}"
    if version[:1] == (max(_NODE_RELEASES),):
        return Check(name, Status.OK, found)
    if version[:1] == (min(_NODE_RELEASES),):
        return Check(name, Status.WARN, f"{found}, past its end of life", _SETUP)
    return Check(name, Status.MISSING, f"{found}, but cdktf-cli needs {needed}", _SETUP)


def check_cdktf_cli() -> Check:
    """Check cdktf-cli."""
    name, program = "cdktf-cli", _program("cdktf")
    if program is None:
        return Check(name, Status.MISSING, "not found", f"{_SETUP} && source .venv/bin/activate")
    version = _version(program, "--version")
    found = f"{_dotted(version)} at {_display(program)}"
    if version[:2] == _CDKTF_CLI:
        return Check(name, Status.OK, found)
    return Check(name, Status.WARN, f"{found}, but the project is pinned to {_dotted(_CDKTF_CLI)}", _SETUP)


def check_terraform() -> Check:
    """Check Terraform, which plans and deployments need; synthesis and the gate don't."""
    name, needed = "Terraform or OpenTofu", _dotted(_TERRAFORM)
    fix = f"install Terraform {needed} or newer: https://developer.hashicorp.com/terraform/install"
    program = _program("terraform") or _program("tofu")
    if program is None:
        return Check(name, Status.WARN, "not found: `arqctl plan` and `deploy` need it", fix)
    version = _version(program, "version")
    found = f"{_dotted(version)} at {_display(program)}"
    if version >= _TERRAFORM:
        return Check(name, Status.OK, found)
    return Check(name, Status.WARN, f"{found}, older than {needed}", fix)


def check_terraform_configuration() -> Check:
    """Check that Terraform's configuration file exists if the environment names one."""
    name, value = "TF_CLI_CONFIG_FILE", os.environ.get("TF_CLI_CONFIG_FILE", "")
    if not value:
        return Check(name, Status.OK, "not set")
    if Path(value).exists():
        return Check(name, Status.OK, value)
    return Check(name, Status.WARN, f"{value}, which does not exist", "unset TF_CLI_CONFIG_FILE")


def check_git() -> Check:
    """Check git."""
    name, program = "git", _program("git")
    if program is None:
        return Check(name, Status.MISSING, "not found", "install git: https://git-scm.com/downloads")
    return Check(name, Status.OK, f"{_dotted(_version(program, '--version'))} at {_display(program)}")


def _program(name: str) -> str | None:
    """Find a program in the venv first, as if the venv were activated."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def _display(program: str) -> str:
    path = Path(program)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else program


def _version(program: str, argument: str) -> tuple[int, ...]:
    """Return the first dotted number in a program's output, or () if there is none."""
    try:
        result = subprocess.run(  # noqa: S603 - a program found on the PATH, and a literal argument
            [program, argument],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    match = re.search(r"\d+(?:\.\d+)+", result.stdout)
    return tuple(int(part) for part in match[0].split(".")) if match else ()


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version)) or "unknown version"
