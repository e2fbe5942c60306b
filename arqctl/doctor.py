"""`arqctl doctor`: checks the prerequisites on this machine, and prints the commands that fix them."""

import importlib.util
import os
import platform
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Column, Table

from arqctl.core.errors import ExitCode

_LOCK = Path("requirements.lock")
_PACKAGES = ("cdktf", "cdktf-cdktf-provider-aws", "checkov")
# The packages of the extra `offline`, by import name.
_OFFLINE = ("botocore", "cfnlint", "cryptography", "grpc", "msgpack", "platformdirs")
_NODE_RELEASES = (20, 22)
_CDKTF_CLI = (0, 21)
_TERRAFORM = (1, 9)
_SETUP = "make setup"


class Status(StrEnum):
    """Result of a check. Only `missing` prevents synthesis and the gate."""

    OK = "ok"
    WARN = "warn"
    MISSING = "missing"


@dataclass(frozen=True)
class Check:
    """One prerequisite: its status, what was found, and the command that fixes it unless it is ok."""

    name: str
    status: Status
    found: str
    fix: str = ""


def checks() -> list[Check]:
    """Check all prerequisites in the current folder and environment."""
    locked = _locked_versions()
    return [
        _python(),
        *(_package(name, locked.get(name)) for name in _PACKAGES),
        _node(),
        _cdktf_cli(),
        _terraform(),
        _terraform_configuration(),
        _offline(),
        _jsii_cache(),
        _git(),
    ]


def doctor() -> None:
    """Check the prerequisites on this machine, and print the commands that fix them.

    Exit codes: 0 nothing is missing, 2 something is missing, 1 internal error.

    Example: arqctl doctor
    """
    found = checks()
    table = Table(
        Column("check", no_wrap=True),
        Column("status", no_wrap=True),
        Column("found", overflow="fold"),
        Column("fix", overflow="fold"),
    )
    for check in found:
        table.add_row(check.name, check.status.value, check.found, check.fix)
    Console().print(table, markup=False)
    if any(check.status is Status.MISSING for check in found):
        raise typer.Exit(ExitCode.INVALID_INPUT)


def _python() -> Check:
    """Check that the venv is activated; pip itself refuses a Python that is too old."""
    name, found, venv = "Python", platform.python_version(), Path(".venv")
    if venv.is_dir() and Path(sys.prefix).resolve() != venv.resolve():
        return Check(name, Status.WARN, f"{found} of {sys.prefix}, not of .venv", "source .venv/bin/activate")
    return Check(name, Status.OK, found)


def _package(name: str, locked: str | None) -> Check:
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        fix = _SETUP if locked else "pip install 'arqctl[gate]'"
        return Check(name, Status.MISSING, "not installed", fix)
    if locked in {None, version}:
        return Check(name, Status.OK, version)
    return Check(name, Status.WARN, f"{version}, but {_LOCK} has {locked}", f"touch {_LOCK} && {_SETUP}")


def _locked_versions() -> dict[str, str]:
    if not _LOCK.is_file():
        return {}
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", _LOCK.read_text(encoding="utf-8"), re.MULTILINE))


def _node() -> Check:
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


def _cdktf_cli() -> Check:
    name, program = "cdktf-cli", _program("cdktf")
    if program is None:
        return Check(name, Status.MISSING, "not found", f"{_SETUP} && source .venv/bin/activate")
    version = _version(program, "--version")
    found = f"{_dotted(version)} at {_display(program)}"
    if version[:2] == _CDKTF_CLI:
        return Check(name, Status.OK, found)
    return Check(name, Status.WARN, f"{found}, but the project is pinned to {_dotted(_CDKTF_CLI)}", _SETUP)


def _terraform() -> Check:
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


def _terraform_configuration() -> Check:
    name, value = "TF_CLI_CONFIG_FILE", os.environ.get("TF_CLI_CONFIG_FILE", "")
    if not value:
        return Check(name, Status.OK, "not set")
    if Path(value).exists():
        return Check(name, Status.OK, value)
    return Check(name, Status.WARN, f"{value}, which does not exist", "unset TF_CLI_CONFIG_FILE")


def _offline() -> Check:
    """Check the extra `offline`, which only offline AWS needs."""
    name, missing = "offline AWS", [each for each in _OFFLINE if importlib.util.find_spec(each) is None]
    if missing:
        found = f"{', '.join(missing)} not installed: offline AWS needs them"
        return Check(name, Status.WARN, found, "pip install 'arqctl[offline]'")
    return Check(name, Status.OK, "installed")


def _jsii_cache() -> Check:
    """Check that jsii's cache is writable, and by default only by its owner; else jsii does not start."""
    name, configured = "jsii's package cache", os.environ.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT", "")
    if os.environ.get("JSII_RUNTIME_PACKAGE_CACHE", "enabled").lower() != "enabled":
        return Check(
            name, Status.WARN, "disabled, so every start is slow", "unset JSII_RUNTIME_PACKAGE_CACHE"
        )
    root = Path(configured) if configured else _default_jsii_cache()
    nearest = next(folder for folder in _with_parents(root) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        return Check(
            name,
            Status.MISSING,
            f"{nearest} is not a writable folder",
            "export JSII_RUNTIME_PACKAGE_CACHE_ROOT=/path/to/writable/folder",
        )
    shared = None if configured else next(filter(_writable_by_others, _with_parents(nearest)), None)
    if shared:
        return Check(name, Status.MISSING, f"{shared} is writable by other users", f"chmod go-w {shared}")
    return Check(name, Status.OK, str(root))


def _default_jsii_cache() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/com.amazonaws.jsii/package-cache"
    return Path.home() / ".cache/aws/jsii/package-cache"


def _with_parents(path: Path) -> Iterator[Path]:
    real = path.resolve()
    yield real
    yield from real.parents


def _writable_by_others(folder: Path) -> bool:
    mode = folder.stat().st_mode
    return bool(mode & (stat.S_IWGRP | stat.S_IWOTH)) and not mode & stat.S_ISVTX


def _git() -> Check:
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
