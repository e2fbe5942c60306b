"""Whatever is written into a file of values: a stack that Terraform takes, or every mistake told at once."""

import json
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings

from constructs_arq.core.config import collect_problems
from constructs_arq.core.errors import ArqError, ConfigError
from environments.environment import Environment
from environments.synthesis import synthesize_environments
from tests.properties.given import Given
from tests.properties.mistakes import Mistaken, mistaken_environments
from tests.properties.right import environments
from tests.properties.shape import TERRAFORM, faults, terraforms_complaint

# Fast tests see the same examples each time, so that they fail for a change and not by chance.
REPEATED = settings(
    derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck), max_examples=8
)
RANDOM = settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))

_NOISE = ("Traceback", "jsii", "Error:", "pydantic", "errors.pydantic.dev", "<class", "object at 0x")


def made(values: Given) -> Environment:
    """The environment, as `environments.discovery` makes one of a file."""
    with collect_problems("environments/random.py"):
        environment = values.build()
    assert isinstance(environment, Environment)
    return environment


def require_sound_stacks(environment: Environment) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stacks = synthesize_environments([environment], Path(folder)) / "stacks"
        names = [environment.name, f"{environment.name}-bootstrap"]
        assert sorted(stack.name for stack in stacks.iterdir()) == names
        for name in names:
            assert faults(json.loads((stacks / name / "cdk.tf.json").read_text())) == []
            if TERRAFORM:
                assert terraforms_complaint(stacks / name) == ""


def refusal_of(values: Given) -> ArqError | None:
    """What is said against the values; None once they have become sound stacks."""
    try:
        require_sound_stacks(made(values))
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


def require_stack_or_message(mistaken: Mistaken) -> None:
    refusal = refusal_of(mistaken.given)
    event(f"refused with {type(refusal).__name__}" if refusal else "synthesized")
    if refusal:
        require_helpful_message(refusal)
    told = {problem.path for problem in refusal.problems} if isinstance(refusal, ConfigError) else set()
    assert mistaken.certain <= told, str(refusal)


@REPEATED
@given(environments())
def test_right_values_become_stacks(values: Given) -> None:
    require_sound_stacks(made(values))


@settings(REPEATED, max_examples=25)
@given(mistaken_environments())
def test_any_values_become_stacks_or_a_message_that_helps(mistaken: Mistaken) -> None:
    require_stack_or_message(mistaken)


@pytest.mark.slow
@settings(RANDOM, max_examples=60)
@given(environments())
def test_many_right_values_become_stacks(values: Given) -> None:
    require_sound_stacks(made(values))


@pytest.mark.slow
@settings(RANDOM, max_examples=200)
@given(mistaken_environments())
def test_many_values_become_stacks_or_a_message_that_helps(mistaken: Mistaken) -> None:
    require_stack_or_message(mistaken)
