"""Random valid environments: each plans and applies, and its second plan is empty."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings

from arqctl.core.assembly import Stack, read_assembly
from environments.environment import Environment
from environments.synthesis import synthesize_environments
from tests.arqctl.offline.offline_stacks import prepare_stack
from tests.properties.raw_values import RawConfig
from tests.properties.test_random_configurations import build_environment
from tests.properties.valid_environments import environments

# An example takes 15 seconds, so shrinking a failing one would take an hour.
FIVE_EXAMPLES = settings(
    max_examples=5,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def synthesize_stack(environment: Environment, folder: Path) -> Stack:
    (stack,) = (
        each
        for each in read_assembly(synthesize_environments([environment], folder))
        if each.name == environment.name
    )
    return stack


@pytest.mark.slow
@FIVE_EXAMPLES
@given(environments())
def test_random_environments_apply_and_have_an_empty_second_plan(values: RawConfig) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = build_environment(values)
        stack = prepare_stack(Path(folder) / "run", synthesize_stack(environment, Path(folder) / "cdktf.out"))
        note(repr(environment))
        assert stack.errors("validate", "-json") == ()
        stack.apply()
        changes = stack.plan_json()["resource_changes"]
        assert {tuple(each["change"]["actions"]) for each in changes} == {("no-op",)}
