"""`arqctl doctor` reports missing prerequisites, and fails only if synthesis or the gate need them."""

import sys
from pathlib import Path

import pytest
import typer

from arqctl.core.errors import ExitCode
from arqctl.doctor.check import Check, Status
from arqctl.doctor.command import doctor
from arqctl.doctor.machine.checks import check_machine

PROGRAMS = {
    "node": "v22.20.0",
    "cdktf": "0.21.0",
    "terraform": "Terraform v1.11.4",
    "git": "git version 2.39.5",
}


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with all programs in `bin`, no lock file and a separate home."""
    tmp_path.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    for variable in (
        "TF_CLI_CONFIG_FILE",
        "JSII_RUNTIME_PACKAGE_CACHE",
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT",
    ):
        monkeypatch.delenv(variable, raising=False)
    for folder in ("bin", "home"):
        (tmp_path / folder).mkdir(mode=0o700)
    for name, output in PROGRAMS.items():
        install(tmp_path, name, output)
    return tmp_path


def install(machine: Path, name: str, output: str) -> None:
    program = machine / "bin" / name
    program.write_text(f"#!/bin/sh\necho '{output}'\n")
    program.chmod(0o755)


def check(name: str) -> Check:
    return next(check for check in check_machine() if check.name == name)


def test_a_complete_machine_passes_all_checks() -> None:
    assert [(found.name, found.fix) for found in check_machine() if found.status is not Status.OK] == []
    doctor()


@pytest.mark.parametrize(
    ("program", "name"), [("node", "Node"), ("cdktf", "cdktf-cli"), ("git", "git")], ids=lambda value: value
)
def test_a_missing_required_program_fails(
    machine: Path, program: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine / "bin" / program).unlink()
    found = check(name)
    assert found.status is Status.MISSING
    assert found.fix
    with pytest.raises(typer.Exit) as raised:
        doctor()
    assert raised.value.exit_code == ExitCode.INVALID_INPUT
    row = next(line for line in capsys.readouterr().out.splitlines() if name in line)
    assert "missing" in row


@pytest.mark.parametrize(
    ("output", "status"),
    [
        ("v22.20.0", Status.OK),
        ("v20.19.4", Status.WARN),
        ("v24.1.0", Status.MISSING),
        ("v18.20.0", Status.MISSING),
        ("cannot start", Status.MISSING),
    ],
)
def test_node_must_be_a_release_that_cdktf_cli_supports(machine: Path, output: str, status: Status) -> None:
    install(machine, "node", output)
    assert check("Node").status is status


def test_the_node_of_the_venv_precedes_that_of_the_system(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = machine / "system"
    (system / "bin").mkdir(parents=True)
    install(system, "node", "v24.1.0")
    monkeypatch.setenv("PATH", str(system / "bin"))
    assert check("Node").status is Status.OK


def test_another_cdktf_cli_is_a_warning_with_both_versions(machine: Path) -> None:
    install(machine, "cdktf", "0.20.12")
    found = check("cdktf-cli")
    assert found.status is Status.WARN
    assert "0.20.12" in found.found
    assert "0.21" in found.found


def test_missing_terraform_is_only_a_warning(machine: Path) -> None:
    (machine / "bin" / "terraform").unlink()
    assert check("Terraform or OpenTofu").status is Status.WARN
    doctor()


@pytest.mark.parametrize(
    ("output", "status"), [("OpenTofu v1.9.0", Status.OK), ("OpenTofu v1.8.9", Status.WARN)]
)
def test_opentofu_replaces_terraform(machine: Path, output: str, status: Status) -> None:
    (machine / "bin" / "terraform").unlink()
    install(machine, "tofu", output)
    assert check("Terraform or OpenTofu").status is status


def test_a_terraform_configuration_that_does_not_exist_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/nowhere/terraformrc")
    found = check("TF_CLI_CONFIG_FILE")
    assert found.status is Status.WARN
    assert "/nowhere/terraformrc" in found.found
    assert found.fix == "unset TF_CLI_CONFIG_FILE"


def test_a_package_must_have_the_locked_version(machine: Path) -> None:
    installed = check("cdktf").found
    lock = machine / "requirements.lock"
    lock.write_text(f"cdktf=={installed} \\\n    --hash=sha256:00\ncheckov==0.0.1 \\\n    --hash=sha256:00\n")
    assert check("cdktf").status is Status.OK
    assert check("checkov").status is Status.WARN
    assert "0.0.1" in check("checkov").found


def test_a_package_that_is_not_installed_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    found = check("checkov")
    assert found.status is Status.MISSING
    assert "arqctl[gate]" in found.fix


def test_a_python_outside_of_the_venv_is_a_warning(machine: Path) -> None:
    (machine / ".venv").mkdir()
    found = check("Python")
    assert found.status is Status.WARN
    assert found.fix == "source .venv/bin/activate"


def test_a_cache_that_other_users_can_write_fails(machine: Path) -> None:
    cache = machine / "home" / ".cache"
    cache.mkdir()
    cache.chmod(0o775)
    found = check("jsii's package cache")
    assert found.status is Status.MISSING
    assert found.fix == f"chmod go-w {cache}"


def test_a_cache_that_is_not_a_folder_fails(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (machine / "file").touch()
    monkeypatch.setenv("JSII_RUNTIME_PACKAGE_CACHE_ROOT", str(machine / "file"))
    assert check("jsii's package cache").status is Status.MISSING


def test_a_disabled_cache_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_RUNTIME_PACKAGE_CACHE", "disabled")
    assert check("jsii's package cache").status is Status.WARN


@pytest.mark.parametrize(
    ("name", "package", "extra"), [("offline AWS", "grpc", "offline"), ("AWS's API", "dns", "aws")]
)
def test_a_missing_extra_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, name: str, package: str, extra: str
) -> None:
    assert check(name).status is Status.OK
    monkeypatch.setattr("importlib.util.find_spec", lambda each: None if each == package else each)
    found = check(name)
    assert (found.status, found.fix) == (Status.WARN, f"pip install 'arqctl[{extra}]'")
    assert found.found.startswith(f"{package} not installed")
