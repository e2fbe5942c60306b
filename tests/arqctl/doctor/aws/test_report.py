"""The table fits a screen, and commands can be copied."""

import json

from arqctl.doctor.aws.report import AwsReport
from arqctl.doctor.check import Check, Status

OK = Check("regions", Status.OK, "eu-west-1")
ROLE = Check(
    "access roles", Status.MISSING, "platform-admin, on-call: no such role", "aws iam create-role " + "x" * 90
)
DENIED = Check("state key", Status.UNKNOWN, "kms describe_key: AccessDenied", "Allow kms:DescribeKey")
QUOTA = Check("quota: VPCs", Status.OK, "needs 1, quota 5")
SMALL = Check(
    "quota: on-demand vCPUs",
    Status.MISSING,
    "needs 60, quota 5",
    "aws service-quotas request-service-quota-increase",
)


def report(*checks: Check) -> AwsReport:
    return AwsReport("production", checks)


def test_all_checks_ok_are_ready() -> None:
    ready = report(OK, QUOTA)
    assert ready.is_ready
    assert ready.as_text(80).endswith("\nproduction is ready: all 2 checks are ok.\n")


def test_unknown_counts_as_not_ready() -> None:
    found = report(OK, DENIED)
    assert not found.is_ready
    assert "production is not ready: 1 unknown. Unknown counts as not ready." in found.as_text(80)


def test_missing_and_unknown_are_counted() -> None:
    assert "not ready: 2 missing, 1 unknown." in report(OK, DENIED, ROLE, SMALL).as_text(80)


def test_values_are_wrapped_to_the_width_and_commands_are_not() -> None:
    lines = report(OK, ROLE).as_text(50).splitlines()
    assert f"  fix: {ROLE.fix}" in lines
    assert max(len(line) for line in lines if "fix:" not in line) <= 50
    row = next(at for at, line in enumerate(lines) if line.startswith("access roles"))
    assert lines[row].split()[:3] == ["access", "roles", "MISSING"]
    assert lines[row + 1].startswith(" " * 20)


def test_sufficient_quotas_share_a_row() -> None:
    text = report(QUOTA, SMALL, Check("quota: NAT gateways", Status.OK, "")).as_text(80)
    assert "sufficient quotas" in text
    assert "2: VPCs, NAT gateways" in text
    assert "quota: on-demand vCPUs" in text
    assert "quota: VPCs" not in text


def test_json_has_every_check() -> None:
    assert json.loads(report(QUOTA, DENIED).as_json()) == {
        "environment": "production",
        "ready": False,
        "checks": [
            {"check": "quota: VPCs", "state": "ok", "value": "needs 1, quota 5", "fix": ""},
            {
                "check": "state key",
                "state": "unknown",
                "value": "kms describe_key: AccessDenied",
                "fix": "Allow kms:DescribeKey",
            },
        ],
    }
