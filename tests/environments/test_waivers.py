"""The reasons of waivers hold for what the stacks contain."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
each_environment = pytest.mark.parametrize("environment", ["dev", "staging", "production"])
# Buckets that a waiver selects by the end of their name.
LOG_BUCKET = re.compile(r"([a-z0-9-]+_)*[a-z0-9-]+-logs(_[0-9A-F]{8})?")
DELIVERIES = {"logging.s3", "logdelivery.elasticloadbalancing", "delivery.logs"}
EXPIRING = re.compile(r"canaries_.*_artifacts_bucket_lifecycle_|log-store_bucket_lifecycle_")

Bodies = dict[str, dict[str, Any]]


def resources(stack: str) -> dict[str, Bodies]:
    found: dict[str, Bodies] = json.loads((SNAPSHOTS / f"{stack}.json").read_text())["resource"]
    return found


def statements(document: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(document)["Statement"]
    return found


def log_bucket_policies(environment: str) -> Iterator[list[dict[str, Any]]]:
    for stack in (environment, f"{environment}-bootstrap"):
        found = resources(stack)
        for bucket in filter(LOG_BUCKET.fullmatch, found["aws_s3_bucket"]):
            policies = found["aws_s3_bucket_policy"].values()
            (policy,) = (each["policy"] for each in policies if f".{bucket}." in each["bucket"])
            yield statements(policy)


@each_environment
def test_only_log_delivery_writes_to_buckets_whose_names_end_with_logs(environment: str) -> None:
    found = list(log_bucket_policies(environment))
    assert len(found) >= 4
    for policy in found:
        writers = [each["Principal"] for each in policy if each["Effect"] == "Allow"]
        assert all(each.keys() == {"Service"} for each in writers)
        assert {each["Service"].removesuffix(".amazonaws.com") for each in writers} <= DELIVERIES


@each_environment
def test_results_of_canaries_and_logs_of_loki_expire_within_weeks(environment: str) -> None:
    rules = resources(environment)["aws_s3_bucket_lifecycle_configuration"]
    found = [body["rule"][0] for name, body in rules.items() if EXPIRING.match(name)]
    assert len(found) == (2 if environment == "dev" else 3)
    for rule in found:
        assert (rule["status"], rule["filter"]) == ("Enabled", [{"prefix": ""}])
        assert rule["expiration"][0]["days"] <= 44


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_state_machines_have_a_history_and_their_roles_could_allow_no_log(environment: str) -> None:
    found = resources(environment)
    machines = found["aws_sfn_state_machine"].values()
    assert {machine.get("type", "STANDARD") for machine in machines} == {"STANDARD"}
    metrics = {each.get("metric_name") for each in found["aws_cloudwatch_metric_alarm"].values()}
    assert "ExecutionsFailed" in metrics
    roles = [found["aws_iam_role"][machine["role_arn"].split(".")[1]] for machine in machines]
    assert {role["permissions_boundary"].rpartition("/")[2] for role in roles} == {f"{environment}-boundary"}
    (boundary,) = (
        each["policy"]
        for each in resources(f"{environment}-account")["aws_iam_policy"].values()
        if each["name"] == f"{environment}-boundary"
    )
    (uses,) = (each["NotAction"] for each in statements(boundary) if each["Sid"] == "OnlyUses")
    assert not any(fnmatchcase("logs:PutResourcePolicy", action) for action in uses)
