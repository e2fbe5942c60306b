"""`ARQ_TARGET` decides where what is synthesized runs."""

from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.offline.target import Target, aim
from tests.arqctl.projects import Project


@pytest.fixture(autouse=True)
def stack(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ARQ_TARGET", raising=False)
    monkeypatch.delenv("ARQ_OFFLINE_HOME", raising=False)
    return project.stack("dev", terraform={"required_providers": {"aws": {"source": "aws"}}}).parent


def names(stack: Path) -> set[str]:
    return {file.name for file in stack.iterdir()}


def test_without_it_everything_is_real(project: Project, stack: Path) -> None:
    assert aim(project.outdir, root=project.root) is Target.AWS
    assert names(stack) == {"cdk.tf.json"}


def test_offline_is_prepared_and_undone(
    project: Project, stack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARQ_TARGET", "offline")
    assert aim(project.outdir, root=project.root) is Target.OFFLINE
    assert "offline_override.tf.json" in names(stack)
    monkeypatch.setenv("ARQ_TARGET", "aws")
    aim(project.outdir, root=project.root)
    assert names(stack) == {"cdk.tf.json"}


def test_another_word_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARQ_TARGET", "ofline")
    with pytest.raises(InputError, match="ARQ_TARGET: must be aws or offline, got 'ofline'"):
        aim(project.outdir, root=project.root)


def test_synthesis_needs_no_terraform(
    project: Project, stack: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ARQ_TARGET", "offline")
    monkeypatch.setenv("PATH", str(tmp_path))
    aim(project.outdir, root=project.root)
    assert "offline_override.tf.json" in names(stack)
