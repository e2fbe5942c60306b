"""Tests that no environment with random values promises a recovery that the table of figures refutes."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.recovery import Recovery
from environments.environment import Environment
from environments.recovery import recovery_facts, require_reachable_recovery
from tests.core.recovery_limits import is_possible, limits
from tests.core.test_recovery import reachable_objectives
from tests.properties.raw_values import RawConfig
from tests.properties.valid_environments import environments

SETTINGS = settings(
    derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck), max_examples=20
)
MINUTE = timedelta(minutes=1)


@SETTINGS
@given(environments(), st.integers(0, 120))
def test_an_accepted_objective_is_possible(values: RawConfig, minutes: int) -> None:
    env = values.build()
    assert isinstance(env, Environment)
    objectives = reachable_objectives(recovery_facts(env))
    require_reachable_recovery(env.model_copy(update={"recovery": objectives}))
    for loss, data_sets in objectives.items():
        for data_set, highest in data_sets.items():
            if not isinstance(highest, Recovery):
                continue
            higher = Recovery(rto=max(timedelta(0), highest.rto - minutes * MINUTE), rpo=highest.rpo)
            changed = {**objectives, loss: {**data_sets, data_set: higher}}
            if is_possible(higher, limits(recovery_facts(env), loss, data_set)):
                continue
            with pytest.raises(ConfigError, match=f"recovery.{loss}.{data_set}: objective is not reachable"):
                require_reachable_recovery(env.model_copy(update={"recovery": changed}))
