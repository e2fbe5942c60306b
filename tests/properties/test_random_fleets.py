"""Tests that any values of a fleet result in a valid stack or in one message, and keep addresses."""

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from cdktf import App
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_arq.compute.fleet_config import FleetConfig, ScalingStep
from constructs_arq.core.config import collect_problems
from constructs_arq.core.errors import ArqError, ConfigError
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.core.stack import Stack
from tests.compute.fleet_builders import ARM_IMAGE, ARM_TYPES, NIGHT_SCHEDULE, SCALING, build_fleet
from tests.properties.invalid_configurations import InvalidConfiguration, invalid_configurations
from tests.properties.raw_values import RawConfig
from tests.properties.terraform_json import TERRAFORM, find_problems, terraform_error
from tests.properties.test_random_configurations import DETERMINISTIC, RANDOM, require_helpful_message
from tests.properties.valid_fleets import fleets
from tests.support import STACK, synthesize

_FLEET = FleetConfig(image=ARM_IMAGE, instance_types=ARM_TYPES, scaling=SCALING)
# Each addition comes first, because an index in an address would then change the others.
_ADDITIONS: Mapping[str, Callable[[FleetConfig], FleetConfig]] = {
    "a schedule": lambda fleet: _scaled(fleet, schedule=NIGHT_SCHEDULE),
    "a memory target": lambda fleet: _scaled(fleet, target_memory_percent=70),
    "a step": lambda fleet: fleet.model_copy(
        update={"steps": (ScalingStep(above_cpu_percent=90, add_percent=50), *fleet.steps)}
    ),
    "hooks": lambda fleet: fleet.model_copy(update={"launch_hook_seconds": 60, "terminate_hook_seconds": 60}),
}


def _scaled(fleet: FleetConfig, **values: object) -> FleetConfig:
    scaling = ScalingPolicy.model_validate({**dict(fleet.scaling), **values})
    return fleet.model_copy(update={"scaling": scaling})


def _addresses(names: frozenset[str]) -> set[str]:
    config = _FLEET
    for name, add in _ADDITIONS.items():
        config = add(config) if name in names else config
    return synthesize(build_fleet(config)).addresses


def _require_valid_stack(values: RawConfig) -> None:
    with collect_problems("fleet"):
        config = values.build()
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        build_fleet(config)(Stack(app, "test", config=STACK))
        app.synth()
        stack = Path(folder) / "stacks" / "test"
        assert find_problems(json.loads((stack / "cdk.tf.json").read_text())) == []
        if TERRAFORM:
            assert terraform_error(stack) == ""


def _require_stack_or_helpful_message(invalid: InvalidConfiguration) -> None:
    reported: set[str] = set()
    try:
        _require_valid_stack(invalid.raw_config)
    except ArqError as error:
        require_helpful_message(error)
        reported = {each.path for each in error.problems} if isinstance(error, ConfigError) else set()
    assert invalid.expected_paths <= reported


@settings(DETERMINISTIC)
@given(fleets())
def test_valid_values_become_a_valid_stack(values: RawConfig) -> None:
    _require_valid_stack(values)


@settings(DETERMINISTIC, max_examples=30)
@given(invalid_configurations(fleets()))
def test_values_become_a_stack_or_a_helpful_message(invalid: InvalidConfiguration) -> None:
    _require_stack_or_helpful_message(invalid)


@pytest.mark.slow
@settings(RANDOM, max_examples=30)
@given(fleets())
def test_many_valid_values_become_a_valid_stack(values: RawConfig) -> None:
    _require_valid_stack(values)


@pytest.mark.slow
@settings(RANDOM, max_examples=100)
@given(invalid_configurations(fleets()))
def test_many_values_become_a_stack_or_a_helpful_message(invalid: InvalidConfiguration) -> None:
    _require_stack_or_helpful_message(invalid)


@settings(DETERMINISTIC, max_examples=8)
@given(st.sets(st.sampled_from(sorted(_ADDITIONS)), min_size=1))
def test_additions_keep_all_addresses(names: set[str]) -> None:
    assert _addresses(frozenset()) < _addresses(frozenset(names))
