"""The mirror that Terraform installs the stand-in from."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from arqctl.core.terraform_cli import find_terraform
from arqctl.offline.home import Home
from arqctl.offline.mirror import Provider, host_of, lock_file, write_mirror
from arqctl.offline.terraform import offline_environment

AWS = Provider("hashicorp/aws", "6.25.0")
PROVIDERS = (AWS, Provider("pagerduty/pagerduty", "3.30.7"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home.of_project(tmp_path / "a project's folder")
    write_mirror(found, PROVIDERS)
    return found


def launchers(home: Home) -> list[Path]:
    return sorted(file for file in home.mirror.rglob("*") if file.is_file())


def test_each_provider_is_there_for_terraform_and_for_opentofu(home: Home) -> None:
    names = [file.relative_to(home.mirror).parts for file in launchers(home)]
    assert [(parts[0], parts[1], parts[-1]) for parts in names] == [
        ("registry.opentofu.org", "hashicorp", "terraform-provider-aws_v6.25.0"),
        ("registry.opentofu.org", "pagerduty", "terraform-provider-pagerduty_v3.30.7"),
        ("registry.terraform.io", "hashicorp", "terraform-provider-aws_v6.25.0"),
        ("registry.terraform.io", "pagerduty", "terraform-provider-pagerduty_v3.30.7"),
    ]


def test_a_launcher_can_be_run(home: Home) -> None:
    for file in launchers(home):
        assert stat.S_IMODE(file.stat().st_mode) == 0o755


def test_writing_it_again_touches_nothing(home: Home) -> None:
    before = [file.stat().st_mtime_ns for file in launchers(home)]
    write_mirror(home, PROVIDERS)
    assert [file.stat().st_mtime_ns for file in launchers(home)] == before


def test_a_damaged_launcher_is_mended(home: Home) -> None:
    launcher = launchers(home)[0]
    whole = launcher.read_text()
    launcher.write_text("")
    write_mirror(home, PROVIDERS)
    assert launcher.read_text() == whole


def test_terraform_takes_the_lock_file_as_its_own(home: Home, tmp_path: Path) -> None:
    """It computes the hash itself, and would refuse the package if ours were wrong."""
    (tmp_path / "main.tf.json").write_text(
        '{"terraform": {"required_providers": {"aws": {"source": "aws", "version": "6.25.0"}}}}'
    )
    lock = tmp_path / ".terraform.lock.hcl"
    lock.write_text(lock_file([AWS], host="registry.terraform.io"))
    done = subprocess.run(
        [find_terraform(), "init", "-input=false", "-lockfile=readonly"],
        cwd=tmp_path,
        env={**os.environ, **offline_environment(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Installed hashicorp/aws v6.25.0 (unauthenticated)" in done.stdout


def test_opentofu_has_a_registry_of_its_own() -> None:
    assert host_of("/usr/bin/tofu") == "registry.opentofu.org"
    assert host_of("terraform") == "registry.terraform.io"
