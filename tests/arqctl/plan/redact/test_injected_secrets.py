"""None of two hundred planted secrets is in the results of the analysis."""

from collections.abc import Iterator
from functools import cache

import pytest

from arqctl.plan.access.access_diff import access_changes
from arqctl.plan.diff import differences
from arqctl.plan.model import Plan
from arqctl.plan.parser import read_plan
from arqctl.plan.redact.redact import redact
from arqctl.plan.risk.danger import dangers
from tests.arqctl.plan.generated_plans import plan_with_secrets

TEXT, SECRETS = plan_with_secrets()


@cache
def plan() -> Plan:
    return read_plan(TEXT, stack="production", environment="production", paths={})


@cache
def results() -> str:
    return "\n".join(_results(plan()))


def _results(plan: Plan) -> Iterator[str]:
    yield from map(repr, (*dangers(plan), *access_changes(plan)))
    for row in (*plan.resources, *plan.drift, *plan.deferred):
        yield repr((row.address, row.path, row.previous_address, differences(row.change)))
    for name, change in plan.outputs:
        yield repr((name, differences(change)))
    for check in plan.checks:
        yield repr((check.address, [redact(problem) for problem in check.problems]))
    yield from (redact(row.importing) for row in plan.resources)


def test_there_are_two_hundred_different_secrets() -> None:
    assert len(set(SECRETS)) == 200


@pytest.mark.parametrize("secret", SECRETS, ids=range(len(SECRETS)))
def test_no_secret_is_reported(secret: str) -> None:
    assert not [part for part in secret.split("\n") if part in results()]


def test_other_text_is_reported() -> None:
    for text in ("aws_lambda_function.db_password", "environment.variables.DB_PASSWORD", "./serve --port 80"):
        assert text in results()


def test_addresses_with_different_secrets_still_differ() -> None:
    keys = [row.address for row in plan().resources if row.address.startswith("aws_kms_key.")]
    assert len(set(keys)) == len(keys) == 3
    assert all("(secret" in key for key in keys if "[" in key)
