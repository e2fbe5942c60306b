"""Holds the evaluator against AWS's documentation."""

import pytest

from tests.iam.documented_conditions import Example
from tests.iam.documented_examples import examples
from tests.iam.simulator import Principal, Request, SimulationError, Simulator


@pytest.mark.parametrize("example", list(examples()), ids=lambda each: each.name)
def test_the_evaluator_decides_as_documented(example: Example, simulator: Simulator) -> None:
    decision = simulator.decide(example.principal, example.request)
    assert decision.result == example.decision, example.url


def test_keys_that_an_action_does_not_have_are_reported(simulator: Simulator) -> None:
    request = Request(action="ec2:DescribeInstances", context={"s3:prefix": "x"})
    decision = simulator.decide(Principal(arn="arn:aws:iam::123456789012:role/x"), request)
    assert decision.ignored_keys == {"s3:prefix"}


def test_unknown_actions_are_refused(simulator: Simulator) -> None:
    with pytest.raises(SimulationError, match=r"s3:GetObjekt on \*: invalid.action"):
        simulator.decide(Principal(arn="arn:aws:iam::123456789012:role/x"), Request(action="s3:GetObjekt"))
