import os
from pathlib import Path

import pytest

from arqctl.terraform import target
from tests.arqctl.projects import Project
from tests.arqctl.terraform.fake_terraform import REQUIRED, FakeTerraform
from tests.arqctl.terraform.local_project import LocalProject

DATABASE = {"aws_db_instance": {"main": {"lifecycle": {"prevent_destroy": True}}}}

_VARIABLES = ("ARQ_OFFLINE", "ARQ_GATE", "ARQ_OFFLINE_DIR", "GITHUB_STEP_SUMMARY", "TERRAFORM_BINARY_NAME")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in _VARIABLES:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def current_project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project in the current folder, with one environment, prepared for offline AWS."""
    monkeypatch.chdir(project.root)
    monkeypatch.setattr(target, "prepare_offline", lambda *_: None)
    project.stack("dev", DATABASE, terraform=REQUIRED)
    return project


@pytest.fixture
def terraform(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> FakeTerraform:
    folder = tmp_path_factory.mktemp("bin")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return FakeTerraform(folder)


@pytest.fixture
def local_project(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> LocalProject:
    """Return a project in the current folder that Terraform deploys without AWS."""
    monkeypatch.chdir(project.root)
    return LocalProject(project, capsys)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
