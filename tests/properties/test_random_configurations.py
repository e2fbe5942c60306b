"""Tests that any values result in a valid stack or in one message with all invalid values."""

import json
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings

from constructs_arq.core.config import collect_problems
from constructs_arq.core.errors import ArqError, ConfigError
from environments.environment import Environment
from environments.recovery import recovery_facts
from environments.synthesis import synthesize_environments
from tests.core.test_recovery import reachable_objectives
from tests.kubernetes.cluster_objects import validate_stack
from tests.properties.invalid_configurations import InvalidConfiguration, invalid_configurations
from tests.properties.raw_values import RawConfig
from tests.properties.terraform_json import TERRAFORM, find_problems, terraform_error
from tests.properties.valid_environments import environments

# The same examples in each run, so that only a change of code can make these tests fail.
DETERMINISTIC = settings(
    derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck), max_examples=8
)
RANDOM = settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))

_NOISE = ("Traceback", "jsii", "Error:", "pydantic", "errors.pydantic.dev", "<class", "object at 0x")


def build_environment(values: RawConfig) -> Environment:
    """Build an environment as `environments.discovery` does, with the highest objectives that it reaches."""
    with collect_problems("environments/random.py"):
        environment = values.build()
    assert isinstance(environment, Environment)
    recovery = reachable_objectives(recovery_facts(environment))
    return environment.model_copy(update={"recovery": recovery})


def require_valid_stacks(environment: Environment) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stacks = synthesize_environments([environment], Path(folder)) / "stacks"
        names = [f"{environment.name}{suffix}" for suffix in ("", "-account", "-bootstrap", "-platform")]
        assert sorted(stack.name for stack in stacks.iterdir()) == names
        for name in names:
            assert find_problems(json.loads((stacks / name / "cdk.tf.json").read_text())) == []
            if TERRAFORM:
                assert terraform_error(stacks / name) == ""
        cluster_stack = json.loads((stacks / names[-1] / "cdk.tf.json").read_text())
        validate_stack(cluster_stack, environment.cluster.version, Path(folder))


def error_of(values: RawConfig) -> ArqError | None:
    """Return the error for the values, or None if they result in valid stacks."""
    try:
        require_valid_stacks(build_environment(values))
    except ArqError as error:
        return error
    return None


def require_helpful_message(error: ArqError) -> None:
    message = str(error)
    assert not [noise for noise in _NOISE if noise in message], message
    assert "\n  : " not in message
    if not isinstance(error, ConfigError):
        assert re.match(r"\S+: .+\. .+\.$", message, re.DOTALL), message
        return
    assert error.problems
    for problem in error.problems:
        assert all((problem.path, problem.message, problem.fix)), problem
        assert problem.got or problem.message == "field required", problem
        assert str(problem) in message


def require_stack_or_helpful_message(invalid: InvalidConfiguration) -> None:
    error = error_of(invalid.raw_config)
    event(f"rejected with {type(error).__name__}" if error else "synthesized")
    if error:
        require_helpful_message(error)
    reported = {problem.path for problem in error.problems} if isinstance(error, ConfigError) else set()
    assert invalid.expected_paths <= reported, str(error)


@pytest.mark.slow
@settings(DETERMINISTIC, max_examples=3)
@given(environments())
def test_valid_values_become_valid_stacks(values: RawConfig) -> None:
    require_valid_stacks(build_environment(values))


@pytest.mark.slow
@settings(DETERMINISTIC, max_examples=10)
@given(invalid_configurations(environments()))
def test_values_become_stacks_or_a_helpful_message(invalid: InvalidConfiguration) -> None:
    require_stack_or_helpful_message(invalid)


@pytest.mark.slow
@settings(RANDOM, max_examples=20)
@given(environments())
def test_many_valid_values_become_valid_stacks(values: RawConfig) -> None:
    require_valid_stacks(build_environment(values))


@pytest.mark.slow
@settings(RANDOM, max_examples=60)
@given(invalid_configurations(environments()))
def test_many_values_become_stacks_or_a_helpful_message(invalid: InvalidConfiguration) -> None:
    require_stack_or_helpful_message(invalid)
