"""`ARQ_OFFLINE` selects where synthesized stacks run."""

from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.offline.target import configure_target
from tests.arqctl.projects import Project


@pytest.fixture(autouse=True)
def stack(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ARQ_OFFLINE", raising=False)
    monkeypatch.delenv("ARQ_OFFLINE_DIR", raising=False)
    return project.stack("dev", terraform={"required_providers": {"aws": {"source": "aws"}}}).parent


def names(stack: Path) -> set[str]:
    return {file.name for file in stack.iterdir()}


@pytest.mark.parametrize("value", [None, "", "0"])
def test_stacks_run_on_aws_by_default(
    value: str | None, project: Project, stack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is not None:
        monkeypatch.setenv("ARQ_OFFLINE", value)
    assert not configure_target(project.outdir, root=project.root)
    assert names(stack) == {"cdk.tf.json"}


def test_offline_files_are_written_and_removed(
    project: Project, stack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARQ_OFFLINE", "1")
    assert configure_target(project.outdir, root=project.root)
    assert "offline_override.tf.json" in names(stack)
    monkeypatch.setenv("ARQ_OFFLINE", "0")
    assert not configure_target(project.outdir, root=project.root)
    assert names(stack) == {"cdk.tf.json"}


@pytest.mark.parametrize("value", ["offline", "true", "2"])
def test_any_other_value_is_an_input_error(
    value: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARQ_OFFLINE", value)
    with pytest.raises(InputError, match=f"ARQ_OFFLINE: must be 0 or 1, got '{value}'"):
        configure_target(project.outdir, root=project.root)


def test_synthesis_works_without_terraform(
    project: Project, stack: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ARQ_OFFLINE", "1")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert configure_target(project.outdir, root=project.root)
    assert "offline_override.tf.json" in names(stack)
