"""Settings in `[tool.arqctl]`: defaults, paths and errors."""

from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.core.settings import Settings


def test_a_project_without_settings_has_defaults(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path)
    assert settings.waivers == tmp_path / "policies/waivers.toml"
    assert settings.snapshots == tmp_path / "tests/snapshots"


def test_paths_are_relative_to_the_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.arqctl]\nsnapshots = "copies"\n')
    settings = Settings.load(tmp_path)
    assert settings.snapshots == tmp_path / "copies"
    assert settings.addresses == tmp_path / "tests/addresses"


def test_all_invalid_settings_are_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.arqctl]\nsnapshot = "typo"\naddresses = 3\npolicies = "polices"\n'
    )
    with pytest.raises(InputError) as raised:
        Settings.load(tmp_path)
    message = str(raised.value)
    assert "'snapshot' is unknown" in message
    assert "addresses: must be a path, got 3" in message
    assert "there is no folder 'polices'" in message


def test_protected_environments_are_a_list_of_names(tmp_path: Path) -> None:
    assert Settings.load(tmp_path).protected == ()
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.arqctl]\nprotected = ["production"]\n')
    assert Settings.load(tmp_path).protected == ("production",)
    file.write_text('[tool.arqctl]\nprotected = "production"\n')
    with pytest.raises(InputError, match="protected: must be a list of names, got 'production'"):
        Settings.load(tmp_path)


def test_separate_stacks_are_a_list_of_names(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.arqctl]\nseparate = ["{environment}-apps"]\n')
    assert Settings.load(tmp_path).separate == ("{environment}-apps",)
    file.write_text("[tool.arqctl]\nseparate = [1]\n")
    with pytest.raises(InputError, match=r"separate: must be a list of names, got \[1\]"):
        Settings.load(tmp_path)


@pytest.mark.parametrize("text", ["[tool.arqctl", '[tool]\narqctl = "no table"\n'])
def test_a_malformed_file_is_an_input_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(InputError, match=r"pyproject\.toml"):
        Settings.load(tmp_path)
