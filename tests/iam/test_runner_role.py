"""Tests of the role of the delivery runner: what CodeBuild needs works, and only for the runner's project."""

import json

import pytest

from tests.iam.escalations import ACCOUNT, KEY_POLICY, REGION
from tests.iam.simulator import Context, Request, Simulator
from tests.iam.synthesized import SynthesizedEnvironment
from tests.iam.test_escalations import workload

PRODUCTION = SynthesizedEnvironment("production")
RUNNER = PRODUCTION.runner
EC2 = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
INTERFACE = f"{EC2}:network-interface/eni-0123456789abcdef0"
SUBNET = f"{EC2}:subnet/subnet-0123456789abcdef0"
GROUP = f"{EC2}:security-group/sg-0123456789abcdef0"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/codebuild/production-delivery-runner"
CONNECTION = f"arn:aws:codestar-connections:{REGION}:{ACCOUNT}:connection/production-github"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OWN: Context = {"aws:ResourceTag/environment": "production"}
FOREIGN: Context = {"aws:ResourceTag/environment": "tools"}
FOR_BUILDS: Context = {"ec2:AuthorizedService": "codebuild.amazonaws.com"}
OWN_KEY: Context = {"kms:ResourceAliases": ["alias/production-delivery-runner-key"]}
OTHER_KEY: Context = {"kms:ResourceAliases": ["alias/production-database-key"]}


def call(action: str, resource: str = "*", context: Context | None = None) -> Request:
    policy = KEY_POLICY if action.startswith("kms:") else None
    keys = {"aws:PrincipalArn": RUNNER.arn, **(context or {})}
    return Request(action=action, resource=resource, context=keys, policy=policy)


@pytest.mark.parametrize(
    "request_",
    [
        call("ec2:DescribeSubnets"),
        call("ec2:CreateNetworkInterface", INTERFACE),
        call("ec2:CreateNetworkInterface", SUBNET, OWN),
        call("ec2:CreateNetworkInterface", GROUP, OWN),
        call("ec2:CreateNetworkInterfacePermission", INTERFACE, FOR_BUILDS),
        call("ec2:DeleteNetworkInterface", INTERFACE),
        call("logs:CreateLogStream", f"{LOGS}:log-stream:s"),
        call("logs:PutLogEvents", f"{LOGS}:log-stream:s"),
        call("codestar-connections:GetConnectionToken", CONNECTION),
        call("codestar-connections:UseConnection", CONNECTION),
        call("kms:GenerateDataKey", KEY, OWN_KEY),
    ],
    ids=lambda request: f"{request.action} {request.resource.rpartition(':')[2]}",
)
def test_the_runner_makes_the_calls_of_a_build(request_: Request, simulator: Simulator) -> None:
    assert simulator.decide(RUNNER, request_).is_allowed


@pytest.mark.parametrize(
    "request_",
    [
        call("ec2:CreateNetworkInterface", SUBNET, FOREIGN),
        call("ec2:CreateNetworkInterface", GROUP),
        call("ec2:CreateNetworkInterfacePermission", INTERFACE),
        call("logs:PutLogEvents", f"{LOGS}-2:log-stream:s"),
        call("codestar-connections:GetConnectionToken", f"{CONNECTION}-2"),
        call("kms:Decrypt", KEY, OTHER_KEY),
    ],
    ids=lambda request: f"{request.action} {request.resource.rpartition(':')[2]}",
)
def test_the_runner_uses_nothing_of_others(request_: Request, simulator: Simulator) -> None:
    assert not simulator.decide(RUNNER, request_).is_allowed


def test_only_codebuild_assumes_it_for_the_project_of_the_platform() -> None:
    (label,) = PRODUCTION.account.labels("aws_iam_role", name="production-delivery-runner")
    role = PRODUCTION.account.blocks("aws_iam_role")[label]
    (trust,) = json.loads(role["assume_role_policy"])["Statement"]
    (project,) = PRODUCTION.platform.blocks("aws_codebuild_project")
    assert trust["Principal"] == {"Service": "codebuild.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnEquals": {"aws:SourceArn": PRODUCTION.platform.arn("aws_codebuild_project", project)},
    }
    service_role = PRODUCTION.platform.blocks("aws_codebuild_project")[project]["service_role"]
    assert PRODUCTION.platform.resolve(service_role) == RUNNER.arn


def test_deploy_passes_it_to_the_project_only(simulator: Simulator) -> None:
    def passes(service: str) -> bool:
        context = {"iam:PassedToService": service}
        request = Request(action="iam:PassRole", resource=RUNNER.arn, context=context)
        return simulator.decide(PRODUCTION.delivery("deploy"), request).is_allowed

    assert passes("codebuild.amazonaws.com")
    assert not passes("ec2.amazonaws.com")


@pytest.mark.parametrize("name", ["production-r", "production-delivery-runner", "production-x-runner-role-1"])
def test_no_workload_uses_connections_with_a_runners_name(name: str, simulator: Simulator) -> None:
    caller = workload(name)
    request = call("codestar-connections:GetConnectionToken", CONNECTION, {"aws:PrincipalArn": caller.arn})
    assert simulator.decide(caller, request).result == "ExplicitlyDenied"
