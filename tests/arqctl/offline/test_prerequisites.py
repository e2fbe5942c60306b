"""Tests which stacks offline AWS deploys before an environment's own."""

import json
from pathlib import Path

from arqctl.core.assembly import Stack
from arqctl.core.offline_settings import OfflineSettings
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.prerequisites import missing_prerequisites

SETTINGS = OfflineSettings(deploy_first=("{environment}-account",))
STACKS = [Stack(name, name, Path(name), "", {}) for name in ("dev", "dev-account", "qa", "qa-account")]


def missing(folder: Path, *environments: str) -> list[str]:
    found = missing_prerequisites(STACKS, environments, SETTINGS, OfflinePaths(folder))
    return [stack.name for stack in found]


def write_state(folder: Path, stack: str, text: str) -> None:
    file = OfflinePaths(folder).state(stack)
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


def test_an_environment_needs_its_account_stack_once(tmp_path: Path) -> None:
    assert missing(tmp_path, "dev") == ["dev-account"]
    write_state(tmp_path, "dev-account", json.dumps({"resources": [{}]}))
    assert missing(tmp_path, "dev", "qa") == ["qa-account"]


def test_an_empty_or_destroyed_state_is_not_deployed(tmp_path: Path) -> None:
    for text in ("", '{"resources": []}'):
        write_state(tmp_path, "dev-account", text)
        assert missing(tmp_path, "dev") == ["dev-account"]


def test_other_stacks_need_nothing(tmp_path: Path) -> None:
    assert missing(tmp_path, "dev-account", "dev-bootstrap") == []
