"""A copy of the project that tests can edit."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the environments, with links to the other folders of the project."""
    shutil.copytree(ROOT / "environments", tmp_path / "environments")
    for name in ("constructs_arq", "arqctl", "policies", "pyproject.toml", "cdktf.json"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path
