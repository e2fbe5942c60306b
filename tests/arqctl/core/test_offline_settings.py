"""Tests of the settings of offline AWS."""

from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.core.offline_settings import OfflineSettings
from arqctl.core.settings import Settings


def load(folder: Path, text: str) -> OfflineSettings:
    (folder / "pyproject.toml").write_text(f"[tool.arqctl.offline]\n{text}")
    (folder / "policies").mkdir(exist_ok=True)
    return Settings.load(folder).offline


def test_existing_roles_are_unknown_unless_the_project_lists_them(tmp_path: Path) -> None:
    assert load(tmp_path, "") == OfflineSettings(existing_roles=None, deploy_first=())
    assert load(tmp_path, "existing_roles = []").existing_roles == ()
    assert load(tmp_path, 'existing_roles = ["people/admin"]').existing_roles == ("people/admin",)


def test_stacks_that_an_environment_needs_have_its_name(tmp_path: Path) -> None:
    settings = load(tmp_path, 'deploy_first = ["{environment}-account", "shared"]')
    assert settings.stacks_before("dev") == ("dev-account", "shared")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('existing_roles = "admin"', "existing_roles: must be a list of names"),
        ("deploy_first = [1]", "deploy_first: must be a list of names"),
        ('roles = ["admin"]', "'roles' is unknown"),
    ],
)
def test_invalid_settings_are_reported(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        load(tmp_path, text)
