"""Each resource of the snapshots has a valid plan and state, and an empty second plan."""

import json
import random
from typing import Any

import pytest

from arqctl.offline.planning.apply import apply
from arqctl.offline.planning.plan import plan
from arqctl.offline.values import is_known
from tests.arqctl.offline.platform_resources import aws, configuration, resources
from tests.arqctl.offline.random_schemas import make_fill, shuffle_sets
from tests.arqctl.offline.terraform_core_rules import find_plan_errors, find_state_errors

BY_TYPE: dict[str, list[dict[str, Any]]] = {}
for _type_name, _, _body in resources():
    BY_TYPE.setdefault(_type_name, []).append(_body)


@pytest.mark.parametrize("type_name", BY_TYPE)
def test_lifecycle_of_the_resources_of_a_type(type_name: str) -> None:
    block = aws().resource(type_name)
    generator = random.Random(type_name)  # noqa: S311 - a reproducible order of sets
    for body in BY_TYPE[type_name]:
        config_with_unknowns = configuration(block, body)
        first = plan(block, prior=None, config=config_with_unknowns).planned
        assert first is not None
        assert find_plan_errors(block, None, config_with_unknowns, first) == []
        # During apply, references are known.
        config = configuration(block, json.loads(json.dumps(body).replace("${", "known-")))
        final = plan(block, prior=None, config=config).planned
        assert final is not None
        assert find_state_errors(block, first, final) == []
        state = apply(block, final, make_fill())
        assert find_state_errors(block, final, state) == []
        assert is_known(state)
        read = shuffle_sets(block, state, lambda each: generator.sample(each, len(each)))
        assert plan(block, prior=read, config=config).planned is read
