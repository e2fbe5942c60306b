"""Instance refreshes, against botocore's stubber with the shapes of EC2 Auto Scaling's API."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.deploy.instance_refresh import GroupRefresh, RefreshFailedError, read_requests

REGION, GROUP = "eu-west-1", "reports-servers"
DESIRED: dict[str, Any] = {
    "MixedInstancesPolicy": {
        "LaunchTemplate": {
            "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-0123456789abcdef0", "Version": "7"},
            "Overrides": [{"InstanceType": "m7g.large"}, {"InstanceType": "m6g.large"}],
        },
        "InstancesDistribution": {
            "OnDemandAllocationStrategy": "prioritized",
            "OnDemandBaseCapacity": 2,
            "OnDemandPercentageAboveBaseCapacity": 50,
            "SpotAllocationStrategy": "price-capacity-optimized",
        },
    }
}
PARAMETERS = {
    "AutoScalingGroupName": GROUP,
    "Strategy": "Rolling",
    "DesiredConfiguration": DESIRED,
    "Preferences": {
        "MinHealthyPercentage": 100,
        "MaxHealthyPercentage": 120,
        "SkipMatching": True,
        "AutoRollback": True,
        "AlarmSpecification": {"Alarms": [f"{GROUP}-rollback-status-check"]},
        "BakeTime": 300,
    },
}
OUTPUT = {"region": REGION, "request": PARAMETERS}


def policy(version: str = "7", *types: str) -> dict[str, Any]:
    """Return the policy of a group as AWS returns it, with its own names and defaults."""
    template = {"LaunchTemplateId": "lt-0123456789abcdef0", "LaunchTemplateName": GROUP, "Version": version}
    distribution = DESIRED["MixedInstancesPolicy"]["InstancesDistribution"]
    return {
        "LaunchTemplate": {
            "LaunchTemplateSpecification": template,
            "Overrides": [{"InstanceType": each} for each in types or ("m7g.large", "m6g.large")],
        },
        "InstancesDistribution": {**distribution, "SpotInstancePools": 0},
    }


def refreshed(status: str, **more: Any) -> dict[str, Any]:
    return {"InstanceRefreshId": "refresh-1", "AutoScalingGroupName": GROUP, "Status": status, **more}


class Account:
    """A stubbed account: each method adds the next expected call and its answer."""

    def __init__(self) -> None:
        self.api = AwsApi(boto3.Session(aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret"))  # noqa: S106
        self.stub = Stubber(self.api.client("autoscaling", REGION))
        self.progress: list[str] = []
        self.sleeps: list[float] = []

    def refreshes(self, *found: dict[str, Any]) -> None:
        self.stub.add_response(
            "describe_instance_refreshes", {"InstanceRefreshes": list(found)}, {"AutoScalingGroupName": GROUP}
        )

    def status(self, status: str, **more: Any) -> None:
        self.stub.add_response(
            "describe_instance_refreshes",
            {"InstanceRefreshes": [refreshed(status, **more)]},
            {"AutoScalingGroupName": GROUP, "InstanceRefreshIds": ["refresh-1"]},
        )

    def group(self, policy: dict[str, Any] | None) -> None:
        groups = [] if policy is None else [{**_GROUP, "MixedInstancesPolicy": policy}]
        self.stub.add_response(
            "describe_auto_scaling_groups", {"AutoScalingGroups": groups}, {"AutoScalingGroupNames": [GROUP]}
        )

    def start(self) -> None:
        self.stub.add_response("start_instance_refresh", {"InstanceRefreshId": "refresh-1"}, PARAMETERS)

    def run(self) -> str:
        (request,) = read_requests({"instance_refresh_servers": OUTPUT, "url": "https://arq.example"})
        return GroupRefresh(self.api, request, self.sleeps.append).run(self.progress.append)


_GROUP = {
    "AutoScalingGroupName": GROUP,
    "MinSize": 2,
    "MaxSize": 12,
    "DesiredCapacity": 4,
    "DefaultCooldown": 300,
    "AvailabilityZones": ["eu-west-1a"],
    "HealthCheckType": "ELB",
    "CreatedTime": "2026-11-01T00:00:00Z",
}


@pytest.fixture
def account() -> Iterator[Account]:
    account = Account()
    with account.stub:
        yield account
        account.stub.assert_no_pending_responses()


def test_a_group_with_the_configuration_is_left_alone(account: Account) -> None:
    account.refreshes(refreshed("Successful"))
    account.group(policy())
    assert account.run() == "the group has this configuration"


@pytest.mark.parametrize(
    "current",
    [policy("6"), policy("7", "m7g.large"), policy("7", "m6g.large", "m7g.large")],
    ids=["older template", "fewer types", "other preference"],
)
def test_a_group_with_another_configuration_is_refreshed(account: Account, current: dict[str, Any]) -> None:
    account.refreshes()
    account.group(current)
    account.start()
    account.status("Pending")
    account.status("InProgress", PercentageComplete=50, InstancesToUpdate=2)
    account.status("Baking", PercentageComplete=100, InstancesToUpdate=0)
    account.status("Successful")
    assert account.run() == "all instances have the new configuration"
    assert account.progress[1] == "InProgress, 50 % done, 2 instances left"
    assert account.sleeps == [15, 15, 15]


def test_a_rollback_is_an_error_with_the_reason_of_aws(account: Account) -> None:
    account.refreshes()
    account.group(policy("6"))
    account.start()
    account.status("RollbackInProgress", PercentageComplete=50)
    account.status(
        "RollbackSuccessful",
        StatusReason="Rollback completed.",
        RollbackDetails={"RollbackReason": "Alarm reports-servers-rollback-status-check is in ALARM state."},
    )
    with pytest.raises(RefreshFailedError) as raised:
        account.run()
    message = str(raised.value)
    assert f"the instance refresh of {GROUP} failed and rolled back" in message
    assert "Alarm reports-servers-rollback-status-check is in ALARM state. Rollback completed." in message


@pytest.mark.parametrize(
    ("status", "text"),
    [("Failed", "failed, and"), ("Cancelled", "was cancelled"), ("RollbackFailed", "could not roll back")],
)
def test_any_other_end_is_an_error(account: Account, status: str, text: str) -> None:
    account.refreshes()
    account.group(policy("6"))
    account.start()
    account.status(status)
    with pytest.raises(RefreshFailedError, match=f"{text}.*none given"):
        account.run()


def test_a_running_refresh_to_this_configuration_is_waited_for(account: Account) -> None:
    account.refreshes(refreshed("InProgress"), refreshed("Successful"))
    account.status("InProgress", DesiredConfiguration=DESIRED)
    account.status("Successful", DesiredConfiguration=DESIRED)
    assert account.run() == "the running refresh succeeded"


def test_a_running_refresh_to_this_configuration_may_roll_back(account: Account) -> None:
    account.refreshes(refreshed("RollbackInProgress"))
    account.status("RollbackSuccessful", DesiredConfiguration=DESIRED)
    with pytest.raises(RefreshFailedError, match="rolled back"):
        account.run()


def test_a_running_refresh_to_another_configuration_ends_first(account: Account) -> None:
    account.refreshes(refreshed("InProgress"))
    account.status("RollbackSuccessful", DesiredConfiguration={"MixedInstancesPolicy": policy("6")})
    account.group(policy("5"))
    account.start()
    account.status("Successful")
    assert account.run() == "all instances have the new configuration"


def test_a_missing_group_is_an_error(account: Account) -> None:
    account.refreshes()
    account.group(None)
    with pytest.raises(RefreshFailedError, match=f"{GROUP} does not exist in {REGION}"):
        account.run()


def test_a_rejected_start_is_an_error_of_aws(account: Account) -> None:
    account.refreshes()
    account.group(policy("6"))
    account.stub.add_client_error("start_instance_refresh", "InstanceRefreshInProgress", "one is running")
    with pytest.raises(AwsError, match="InstanceRefreshInProgress: one is running"):
        account.run()


def test_outputs_without_requests_are_ignored() -> None:
    assert read_requests({"url": "https://arq.example", "my_instance_refresh_x": OUTPUT}) == ()
