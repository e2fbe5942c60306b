"""Only drift that affects the plan is reported."""

from dataclasses import replace

import pytest

from arqctl.core.json_access import Json
from arqctl.plan.drift import relevant_drift
from arqctl.plan.model import Action, ResourceChange
from arqctl.plan.parser import read_plan
from tests.arqctl.plan.generated_plans import plan_after_provider_upgrade
from tests.arqctl.plan.plan_rows import delete, plan, row, update


def drift_counts(*drift: ResourceChange, relevant: tuple[str, str] | None = None) -> tuple[int, int]:
    found = plan()
    pairs = frozenset([relevant] if relevant else [])
    rows, left_out = relevant_drift(replace(found, drift=drift, relevant=pairs))
    return len(rows), left_out


BEFORE: Json = {"ingress": [], "region": None, "tags": {"a": "1"}}
AFTER: Json = {"ingress": [{"port": 22}], "region": "", "tags": {"a": "1"}}
DRIFTED = update("aws_security_group", BEFORE, AFTER)


@pytest.mark.parametrize(
    ("relevant", "expected"),
    [
        (None, (0, 1)),
        (("aws_security_group.main", "ingress"), (1, 0)),
        (("aws_security_group.main", "ingress.0.port"), (1, 0)),
        (("aws_security_group.main", ""), (1, 0)),
        (("aws_security_group.main", "tags"), (0, 1)),
        (("aws_security_group.main", "region"), (0, 1)),
        (("aws_security_group.other", "ingress"), (0, 1)),
    ],
)
def test_drift_that_changes_depend_on_is_reported(
    relevant: tuple[str, str] | None, expected: tuple[int, int]
) -> None:
    assert drift_counts(DRIFTED, relevant=relevant) == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({"ingress": [], "tags": {"a": "1"}}, (1, 0)),
        ({"ingress": [{"port": 22}], "tags": {"a": "2"}}, (0, 1)),
    ],
)
def test_drift_that_the_plan_reverts_is_reported(after: Json, expected: tuple[int, int]) -> None:
    found = replace(plan(update("aws_security_group", AFTER, after)), drift=(DRIFTED,))
    rows, left_out = relevant_drift(found)
    assert (len(rows), left_out) == expected


def test_a_deletion_outside_terraform_is_always_reported() -> None:
    assert drift_counts(delete("aws_sqs_queue", {"id": "q"}), DRIFTED) == (1, 1)


def test_data_sources_are_no_drift() -> None:
    assert drift_counts(replace(row("aws_ami", Action.UPDATE, {"a": 1}, {"a": 2}), mode="data")) == (0, 0)


def test_the_drift_of_a_newer_provider_is_counted_and_not_reported() -> None:
    read = read_plan(plan_after_provider_upgrade(), stack="production", environment="production", paths={})
    rows, left_out = relevant_drift(read)
    assert [each.address for each in rows] == ["aws_security_group.web", "aws_sqs_queue.jobs"]
    assert left_out == 158
