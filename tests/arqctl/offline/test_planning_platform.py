"""Every resource that the platform asks for plans as Terraform wants it, applies, and then plans empty."""

import json
import random
from typing import Any

import pytest

from arqctl.offline.planning.apply import apply
from arqctl.offline.planning.plan import plan
from arqctl.offline.values import is_known
from tests.arqctl.offline.platform_resources import aws, configuration, resources
from tests.arqctl.offline.random_schemas import filler, rearranged
from tests.arqctl.offline.terraform_core import plan_problems, state_problems

BY_TYPE: dict[str, list[dict[str, Any]]] = {}
for _type_name, _, _body in resources():
    BY_TYPE.setdefault(_type_name, []).append(_body)


@pytest.mark.parametrize("type_name", BY_TYPE)
def test_the_life_of_every_resource(type_name: str) -> None:
    block = aws().resource(type_name)
    chance = random.Random(type_name)  # noqa: S311 - sets come in an order of their own, the same each time
    for body in BY_TYPE[type_name]:
        unsure = configuration(block, body)
        first = plan(block, prior=None, config=unsure).planned
        assert first is not None
        assert plan_problems(block, None, unsure, first) == []
        # During apply, what the references stand for is known.
        config = configuration(block, json.loads(json.dumps(body).replace("${", "known-")))
        final = plan(block, prior=None, config=config).planned
        assert final is not None
        assert state_problems(block, first, final) == []
        state = apply(block, final, filler())
        assert state_problems(block, final, state) == []
        assert is_known(state)
        read = rearranged(block, state, lambda each: chance.sample(each, len(each)))
        assert plan(block, prior=read, config=config).planned is read
