"""Tests of the roles of delivery runners: what CodeBuild needs works, and only for the runner's project."""

import json
from dataclasses import dataclass

import pytest

from tests.iam.escalations import ACCOUNT, KEY_POLICY, REGION
from tests.iam.simulator import Context, Principal, Request, Simulator
from tests.iam.synthesized import SynthesizedEnvironment, SynthesizedStack
from tests.iam.test_escalations import workload

PRODUCTION = SynthesizedEnvironment("production")
OWN: Context = {"aws:ResourceTag/environment": "production"}
FOREIGN: Context = {"aws:ResourceTag/environment": "tools"}
FOR_BUILDS: Context = {"ec2:AuthorizedService": "codebuild.amazonaws.com"}
OTHER_KEY: Context = {"kms:ResourceAliases": ["alias/production-database-key"]}


@dataclass(frozen=True)
class Runner:
    """A runner, and the ARNs of what its role uses."""

    stack: SynthesizedStack
    name: str
    connection_name: str

    def __str__(self) -> str:
        return self.name

    @property
    def role(self) -> Principal:
        return PRODUCTION.runner(self.name)

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.stack.region}:{ACCOUNT}:{resource}"

    @property
    def interface(self) -> str:
        return self.arn("ec2", "network-interface/eni-0123456789abcdef0")

    @property
    def subnet(self) -> str:
        return self.arn("ec2", "subnet/subnet-0123456789abcdef0")

    @property
    def group(self) -> str:
        return self.arn("ec2", "security-group/sg-0123456789abcdef0")

    @property
    def logs(self) -> str:
        return self.arn("logs", f"log-group:/aws/codebuild/{self.name}")

    @property
    def connection(self) -> str:
        return self.arn("codestar-connections", f"connection/{self.connection_name}")

    @property
    def key(self) -> str:
        return self.arn("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab")

    @property
    def own_key(self) -> Context:
        return {"kms:ResourceAliases": [f"alias/{self.name}-key"]}

    def call(self, action: str, resource: str = "*", context: Context | None = None) -> Request:
        policy = KEY_POLICY if action.startswith("kms:") else None
        keys = {"aws:PrincipalArn": self.role.arn, **(context or {})}
        return Request(action=action, resource=resource, context=keys, policy=policy)


OF_ENVIRONMENT = Runner(PRODUCTION.platform, "production-delivery-runner", "production-github")
OF_STANDBY = Runner(PRODUCTION.standby, "production-standby-delivery-runner", "production-standby-github")
RUNNERS = (OF_ENVIRONMENT, OF_STANDBY)
each_runner = pytest.mark.parametrize("runner", RUNNERS, ids=str)


@each_runner
def test_the_runner_makes_the_calls_of_a_build(runner: Runner, simulator: Simulator) -> None:
    calls = [
        runner.call("ec2:DescribeSubnets"),
        runner.call("ec2:CreateNetworkInterface", runner.interface),
        runner.call("ec2:CreateNetworkInterface", runner.subnet, OWN),
        runner.call("ec2:CreateNetworkInterface", runner.group, OWN),
        runner.call("ec2:CreateNetworkInterfacePermission", runner.interface, FOR_BUILDS),
        runner.call("ec2:DeleteNetworkInterface", runner.interface),
        runner.call("logs:CreateLogStream", f"{runner.logs}:log-stream:s"),
        runner.call("logs:PutLogEvents", f"{runner.logs}:log-stream:s"),
        runner.call("codestar-connections:GetConnectionToken", runner.connection),
        runner.call("codestar-connections:UseConnection", runner.connection),
        runner.call("kms:GenerateDataKey", runner.key, runner.own_key),
    ]
    assert [each for each in calls if not simulator.decide(runner.role, each).is_allowed] == []


@pytest.mark.parametrize(("runner", "other"), [RUNNERS, RUNNERS[::-1]], ids=str)
def test_the_runner_uses_nothing_of_others(runner: Runner, other: Runner, simulator: Simulator) -> None:
    calls = [
        runner.call("ec2:CreateNetworkInterface", runner.subnet, FOREIGN),
        runner.call("ec2:CreateNetworkInterface", runner.group),
        runner.call("ec2:CreateNetworkInterface", other.subnet, OWN),
        runner.call("ec2:CreateNetworkInterfacePermission", runner.interface),
        runner.call("logs:PutLogEvents", f"{runner.logs}-2:log-stream:s"),
        runner.call("logs:PutLogEvents", f"{other.logs}:log-stream:s"),
        runner.call("codestar-connections:GetConnectionToken", f"{runner.connection}-2"),
        runner.call("codestar-connections:GetConnectionToken", other.connection),
        runner.call("kms:Decrypt", runner.key, OTHER_KEY),
        runner.call("kms:Decrypt", other.key, other.own_key),
    ]
    assert [each for each in calls if simulator.decide(runner.role, each).is_allowed] == []


@each_runner
def test_only_codebuild_assumes_it_for_its_own_project(runner: Runner) -> None:
    (label,) = PRODUCTION.account.labels("aws_iam_role", name=runner.name)
    role = PRODUCTION.account.blocks("aws_iam_role")[label]
    (trust,) = json.loads(role["assume_role_policy"])["Statement"]
    (project,) = runner.stack.blocks("aws_codebuild_project")
    assert trust["Principal"] == {"Service": "codebuild.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnEquals": {"aws:SourceArn": runner.stack.arn("aws_codebuild_project", project)},
    }
    service_role = runner.stack.blocks("aws_codebuild_project")[project]["service_role"]
    assert runner.stack.resolve(service_role) == runner.role.arn


@each_runner
def test_deploy_makes_the_project_and_passes_the_role_to_it_only(
    runner: Runner, simulator: Simulator
) -> None:
    deploy = PRODUCTION.delivery("deploy")

    def is_allowed(action: str, resource: str, context: Context | None = None) -> bool:
        request = Request(action=action, resource=resource, context=context or {})
        return simulator.decide(deploy, request).is_allowed

    project = runner.arn("codebuild", f"project/{runner.name}")
    assert is_allowed("codebuild:CreateProject", project)
    assert not is_allowed("codebuild:CreateProject", f"{project}-2")
    assert not is_allowed("codebuild:StartBuild", project)
    assert is_allowed("codestar-connections:PassConnection", runner.connection)
    assert not is_allowed("codestar-connections:GetConnectionToken", runner.connection)
    # The endpoint of IAM is in us-east-1.
    assert is_allowed("iam:GetRole", runner.role.arn, {"aws:RequestedRegion": "us-east-1"})
    assert is_allowed("iam:PassRole", runner.role.arn, {"iam:PassedToService": "codebuild.amazonaws.com"})
    assert not is_allowed("iam:PassRole", runner.role.arn, {"iam:PassedToService": "ec2.amazonaws.com"})
    assert not is_allowed("iam:UpdateAssumeRolePolicy", runner.role.arn)
    boundary = {"iam:PermissionsBoundary": PRODUCTION.workload_boundary_arn}
    assert not is_allowed("iam:PutRolePolicy", runner.role.arn, boundary)


def test_deploy_makes_no_project_with_the_name_of_the_standby_in_the_own_region(simulator: Simulator) -> None:
    project = f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/{OF_STANDBY.name}"
    request = Request(action="codebuild:CreateProject", resource=project, context={})
    assert not simulator.decide(PRODUCTION.delivery("deploy"), request).is_allowed


@pytest.mark.parametrize("name", ["production-r", "production-delivery-runner", "production-x-runner-role-1"])
def test_no_workload_uses_connections_with_a_runners_name(name: str, simulator: Simulator) -> None:
    caller = workload(name)
    context: Context = {"aws:PrincipalArn": caller.arn}
    for runner in RUNNERS:
        request = Request(
            action="codestar-connections:GetConnectionToken", resource=runner.connection, context=context
        )
        assert simulator.decide(caller, request).result == "ExplicitlyDenied"
