"""The filesystem mirror from which Terraform installs the offline provider."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from arqctl.core.terraform_cli import find_terraform
from arqctl.offline.mirror import MirroredProvider, host_of, lock_file, offline_environment, write_mirror
from arqctl.offline.paths import OfflinePaths

AWS = MirroredProvider("hashicorp/aws", "6.25.0")
PROVIDERS = (AWS, MirroredProvider("pagerduty/pagerduty", "3.30.7"))


@pytest.fixture
def paths(tmp_path: Path) -> OfflinePaths:
    found = OfflinePaths.of_project(tmp_path / "a project's folder")
    write_mirror(found, PROVIDERS)
    return found


def launchers(paths: OfflinePaths) -> list[Path]:
    return sorted(file for file in paths.mirror.rglob("*") if file.is_file())


def test_the_mirror_has_each_provider_for_terraform_and_opentofu(paths: OfflinePaths) -> None:
    names = [file.relative_to(paths.mirror).parts for file in launchers(paths)]
    assert [(parts[0], parts[1], parts[-1]) for parts in names] == [
        ("registry.opentofu.org", "hashicorp", "terraform-provider-aws_v6.25.0"),
        ("registry.opentofu.org", "pagerduty", "terraform-provider-pagerduty_v3.30.7"),
        ("registry.terraform.io", "hashicorp", "terraform-provider-aws_v6.25.0"),
        ("registry.terraform.io", "pagerduty", "terraform-provider-pagerduty_v3.30.7"),
    ]


def test_launchers_are_executable(paths: OfflinePaths) -> None:
    for file in launchers(paths):
        assert stat.S_IMODE(file.stat().st_mode) == 0o755


def test_writing_an_unchanged_mirror_changes_no_file(paths: OfflinePaths) -> None:
    before = [file.stat().st_mtime_ns for file in launchers(paths)]
    write_mirror(paths, PROVIDERS)
    assert [file.stat().st_mtime_ns for file in launchers(paths)] == before


def test_a_damaged_launcher_is_repaired(paths: OfflinePaths) -> None:
    launcher = launchers(paths)[0]
    content = launcher.read_text()
    launcher.write_text("")
    write_mirror(paths, PROVIDERS)
    assert launcher.read_text() == content


def test_terraform_accepts_the_lock_file(paths: OfflinePaths, tmp_path: Path) -> None:
    """Terraform rejects the package if the hash in the file is wrong."""
    (tmp_path / "main.tf.json").write_text(
        '{"terraform": {"required_providers": {"aws": {"source": "aws", "version": "6.25.0"}}}}'
    )
    lock = tmp_path / ".terraform.lock.hcl"
    lock.write_text(lock_file([AWS], host="registry.terraform.io"))
    result = subprocess.run(
        [find_terraform(), "init", "-input=false", "-lockfile=readonly"],
        cwd=tmp_path,
        env={**os.environ, **offline_environment(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "Installed hashicorp/aws v6.25.0 (unauthenticated)" in result.stdout


def test_opentofu_uses_its_own_registry_host() -> None:
    assert host_of("/usr/bin/tofu") == "registry.opentofu.org"
    assert host_of("terraform") == "registry.terraform.io"


def test_terraform_uses_only_the_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/users/own")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu")
    environment = offline_environment(OfflinePaths(tmp_path))
    assert environment["TF_CLI_CONFIG_FILE"] == str(tmp_path / "terraformrc")
    assert (environment["TERRAFORM_BINARY_NAME"], environment["ARQ_OFFLINE_DIR"]) == ("tofu", str(tmp_path))
