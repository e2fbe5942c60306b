"""Offline, Terraform is told by variables alone where its providers are."""

from pathlib import Path

import pytest

from arqctl.offline.home import Home
from arqctl.offline.terraform import offline_environment


def test_only_the_mirror_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/users/own")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu")
    told = offline_environment(Home(tmp_path))
    assert told["TF_CLI_CONFIG_FILE"] == str(tmp_path / "terraformrc")
    assert (told["TERRAFORM_BINARY_NAME"], told["ARQ_OFFLINE_HOME"]) == ("tofu", str(tmp_path))
