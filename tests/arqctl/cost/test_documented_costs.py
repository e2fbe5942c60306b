"""The totals in the documentation are those of the environments, within five percent."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from arqctl.cost.estimate import ResourceCost, combine, estimate
from tests.arqctl.cost.priced_stacks import ENVIRONMENTS, estimate_environment, snapshot, stacks_of

DOCS = Path(__file__).parents[3] / "docs"
ALARMS = {
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_dashboard",
    "aws_cloudwatch_log_metric_filter",
    "aws_cloudwatch_metric_alarm",
}


def known(resources: tuple[ResourceCost, ...], types: set[str]) -> Decimal:
    return sum((each.known_monthly for each in resources if each.type in types), Decimal(0))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_row_has_the_costs_of_its_environment(environment: str) -> None:
    stacks = [snapshot(name) for name in stacks_of(environment)]
    costs = combine(map(estimate, stacks))
    used = estimate_environment(environment)
    (row,) = re.findall(
        rf"^\| `{environment}` \|(.+)\|$", (DOCS / "cost.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    expected = (
        used.monthly,
        used.monthly - costs.monthly,
        known(costs.resources, {"aws_synthetics_canary"}),
        known(costs.resources, ALARMS),
        known(costs.resources, {"helm_release"}),
    )
    for cell, amount in zip(row.split("|"), expected, strict=True):
        shown = Decimal(re.sub(r"[^\d.]", "", cell))
        assert abs(shown - amount) <= max(amount / 20, Decimal("0.5")), f"{cell.strip()}, but it is {amount}"
    assert ("at least" in row) is bool(used.unpriced)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_page_of_canaries_has_the_cost_of_their_runs(environment: str) -> None:
    page = (DOCS / "canaries.md").read_text(encoding="utf-8")
    runs = known(estimate(snapshot(environment)).resources, {"aws_synthetics_canary"})
    assert re.search(rf"^\| {environment} \|.*\| \${runs:,} \|$", page, re.MULTILINE), runs
