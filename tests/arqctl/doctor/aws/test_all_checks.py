"""All checks together: what AWS doesn't answer is unknown, and no check changes anything."""

import pytest
from policy_sentry.querying.actions import get_action_data

from arqctl.core.errors import InputError
from arqctl.core.progress import ProgressCallback
from arqctl.doctor.aws import all_checks
from arqctl.doctor.aws.all_checks import ACTIONS, CHECKS, NAMES, check_aws
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, ok
from arqctl.doctor.aws.configuration import Configuration
from arqctl.doctor.aws.quotas.instances import OTHER_FAMILIES
from arqctl.doctor.aws.regions import REGIONS
from arqctl.doctor.aws.subscriptions import SUBSCRIPTIONS
from arqctl.doctor.check import Check, Status
from tests.arqctl.doctor.aws.aws_account import (
    ACCOUNT,
    REGION,
    StubbedAws,
    configuration,
    failing_aws,
    run,
    stack,
)
from tests.arqctl.doctor.aws.complete_stacks import complete_stacks

ASKING = tuple(check for check in CHECKS if check is not OTHER_FAMILIES)


def ignore(_: str) -> None:
    pass


@pytest.mark.parametrize("check", ASKING, ids=lambda check: check.name)
def test_a_check_without_permission_is_unknown_and_names_the_actions(check: AwsCheck) -> None:
    with failing_aws("AccessDenied") as api:
        (found,) = run(check, api, *complete_stacks())
    assert found.status is Status.UNKNOWN
    assert "AccessDenied: rejected by the test" in found.found
    assert found.fix == f"Allow {', '.join(dict.fromkeys(check.actions))}"


@pytest.mark.parametrize("check", ASKING, ids=lambda check: check.name)
def test_a_throttled_check_is_unknown(check: AwsCheck) -> None:
    with failing_aws("Throttling") as api:
        (found,) = run(check, api, *complete_stacks())
    assert (found.status, found.fix) == (Status.UNKNOWN, "Run it again")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_check_has_a_name_of_its_own(check: AwsCheck) -> None:
    assert NAMES.count(check.name) == 1


# policy-sentry's list is older than VPC Block Public Access.
NEWER = {"ec2:DescribeVpcBlockPublicAccessExclusions", "ec2:DescribeVpcBlockPublicAccessOptions"}


@pytest.mark.parametrize("action", sorted(ACTIONS - NEWER))
def test_a_check_only_reads(action: str) -> None:
    service, _, name = action.partition(":")
    if service == "codeconnections":
        # policy-sentry's list is older than the service's new name.
        service = "codestar-connections"
    found = get_action_data(service, name)
    assert found, action
    assert {each["access_level"] for each in found[service]} <= {"Read", "List"}


def check_one(aws: StubbedAws, only: Configuration, on_progress: ProgressCallback) -> list[Check]:
    """Check an environment without a standby."""
    return check_aws(aws.api, only, only, on_progress)


def test_quotas_suffice_after_a_failover(monkeypatch: pytest.MonkeyPatch) -> None:
    def show(context: AwsContext) -> list[Check]:
        return [ok("it", context.configuration.environment)]

    quota, other = AwsCheck("quota", (), show), AwsCheck("other", (), show)
    monkeypatch.setattr(all_checks, "CHECKS", (quota, other))
    monkeypatch.setattr(all_checks, "QUOTA_CHECKS", (quota,))
    aws, present = StubbedAws(), configuration(stack())
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/me"})
    found = check_aws(aws.api, present, Configuration("promoted", present.stacks), ignore)
    assert [each.found for each in found[1:]] == ["promoted", present.environment]


def test_in_another_account_nothing_else_is_checked() -> None:
    aws = StubbedAws()
    arn = "arn:aws:sts::406130987345:assumed-role/admin/me"
    aws.answer("sts", "get_caller_identity", {"Account": "406130987345", "Arn": arn})
    (found,) = check_one(aws, configuration(*complete_stacks()), ignore)
    assert found.status is Status.MISSING
    assert found.found == f"406130987345, as assumed-role/admin/me; but the environment is in {ACCOUNT}"
    assert ACCOUNT in found.fix


def test_the_right_account_is_ok_and_the_other_checks_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(all_checks, "CHECKS", (REGIONS, SUBSCRIPTIONS))
    aws = StubbedAws()
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/me"})
    aws.reject("ec2", "describe_regions", "InternalError")
    lines: list[str] = []
    found = check_one(aws, configuration(stack()), lines.append)
    assert [each.status for each in found] == [Status.OK, Status.UNKNOWN]
    assert found[0].found == f"{ACCOUNT}, as user/me"
    assert "checked 2 of 2: alarm subscriptions" in lines or "checked 2 of 2: regions" in lines


def test_an_account_of_another_partition_is_missing() -> None:
    aws = StubbedAws()
    arn = f"arn:aws-cn:iam::{ACCOUNT}:user/me"
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT, "Arn": arn})
    (found,) = check_one(aws, configuration(stack()), ignore)
    assert found.status is Status.MISSING
    assert "eu-west-1 is in the partition aws, the account in aws-cn" in found.found


def test_a_configuration_without_an_account_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(all_checks, "CHECKS", ())
    aws = StubbedAws()
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/me"})
    (found,) = check_one(aws, configuration(stack(provider={"aws": [{"region": REGION}]})), ignore)
    assert found.status is Status.UNKNOWN


def test_rejected_credentials_are_one_problem() -> None:
    aws = StubbedAws()
    aws.reject("sts", "get_caller_identity", "ExpiredToken")
    with pytest.raises(InputError, match="ExpiredToken") as raised:
        check_one(aws, configuration(stack()), ignore)
    (problem,) = raised.value.problems
    assert "aws sso login" in problem.fix
