"""The page about prerequisites lists every check, every quota and every IAM action."""

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path

from moto.iam.aws_managed_policies import aws_managed_policies_data

from arqctl.doctor.aws.all_checks import ACTIONS, NAMES
from arqctl.doctor.aws.quotas.all_quotas import QUOTA_CHECKS, QUOTAS

PAGE = (Path(__file__).parents[4] / "docs/prerequisites.md").read_text(encoding="utf-8")
PREREQUISITES, _, QUOTA_TABLE = PAGE.partition("## Quotas")


def rows(table: str, columns: int) -> list[list[str]]:
    """Return the cells of all table rows with this number of columns, without the heading."""
    cells = [line.strip("|").split(" | ") for line in re.findall(r"^\|.*\|$", table, re.MULTILINE)]
    return [[cell.strip() for cell in row] for row in cells if len(row) == columns][1:]


def test_every_check_has_a_prerequisite_and_every_prerequisite_a_check_or_a_reason() -> None:
    documented = [row[3] for row in rows(PREREQUISITES, 5)]
    checks = [cell.strip("`") for cell in documented if not cell.startswith("none: ")]
    quotas = {check.name for check in QUOTA_CHECKS}
    assert sorted(checks) == sorted([*(name for name in NAMES if name not in quotas), "quota: …"])


def test_every_prerequisite_has_a_maker_a_time_and_a_consequence() -> None:
    assert [row for row in rows(PREREQUISITES, 5) if not all(row)] == []


def test_every_quota_is_listed_with_its_code() -> None:
    documented = {tuple(row) for row in rows(QUOTA_TABLE, 3)}
    assert documented == {(f"`{quota.name}`", quota.service, quota.code) for quota in QUOTAS}


def test_the_policy_allows_the_actions_of_all_checks() -> None:
    policy = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert policy
    (statement,) = json.loads(policy[1])["Statement"]
    assert statement["Action"] == sorted(ACTIONS)


def test_awss_policy_for_reading_allows_all_actions() -> None:
    document = json.loads(aws_managed_policies_data)["ReadOnlyAccess"]["Document"]
    allowed = [pattern.lower() for each in document["Statement"] for pattern in each["Action"]]
    assert [
        action for action in ACTIONS if not any(fnmatchcase(action.lower(), each) for each in allowed)
    ] == []
