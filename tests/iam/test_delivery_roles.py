"""Tests of what delivery roles can do with the roles, parameters and state of the synthesized stacks."""

import json
from pathlib import Path
from typing import Any

import pytest
from cdktf import App

from constructs_arq.core.errors import ConstructError
from constructs_arq.security.deployed_identities import ATTACHABLE_POLICIES
from environments.account import account
from environments.environment import MAX_NAME_LENGTH, MAX_STANDBY_NAME_LENGTH
from environments.production import PRODUCTION as PRODUCTION_VALUES
from tests.iam.escalations import KEY_POLICY
from tests.iam.simulator import Principal, Request, Simulator
from tests.iam.synthesized import SNAPSHOTS, SynthesizedEnvironment, SynthesizedStack

ENVIRONMENTS = [SynthesizedEnvironment(name) for name in ("dev", "staging", "production")]
PRODUCTION = ENVIRONMENTS[-1]
STATE = f"arn:aws:s3:::arq-state-{PRODUCTION.account.account}-eu-west-1"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MANAGED_POLICY_CHARACTERS, INLINE_CHARACTERS = 6_144, 10_240


@pytest.fixture(params=ENVIRONMENTS, ids=lambda each: each.name)
def environment(request: pytest.FixtureRequest) -> SynthesizedEnvironment:
    found: SynthesizedEnvironment = request.param
    return found


def is_allowed(
    simulator: Simulator, principal: Principal, action: str, resource: str, **context: str
) -> bool:
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    return simulator.decide(principal, Request(action=action, resource=resource, context=keys)).is_allowed


def roles(stack: SynthesizedStack) -> dict[str, dict[str, Any]]:
    return {stack.arn("aws_iam_role", label): each for label, each in stack.blocks("aws_iam_role").items()}


class TestRolesOfStacks:
    def test_each_has_the_boundary_and_the_path(self, environment: SynthesizedEnvironment) -> None:
        for each in environment.platform.blocks("aws_iam_role").values():
            assert each["permissions_boundary"] == environment.workload_boundary_arn
            assert each["path"] == f"/{environment.name}/"

    def test_deploy_can_create_and_change_each(
        self, environment: SynthesizedEnvironment, simulator: Simulator
    ) -> None:
        deploy = environment.delivery("deploy")
        boundary = environment.workload_boundary_arn
        for role in roles(environment.platform):
            for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy"):
                assert is_allowed(simulator, deploy, action, role, iam__PermissionsBoundary=boundary), action
            assert is_allowed(simulator, deploy, "iam:DeleteRole", role)

    def test_deploy_can_pass_each_to_the_service_that_it_trusts(
        self, environment: SynthesizedEnvironment, simulator: Simulator
    ) -> None:
        deploy = environment.delivery("deploy")
        for role, each in roles(environment.platform).items():
            (trust,) = json.loads(each["assume_role_policy"])["Statement"]
            service = trust["Principal"]["Service"]
            assert is_allowed(simulator, deploy, "iam:PassRole", role, iam__PassedToService=service), service

    def test_nodes_are_the_roles_that_may_have_the_access_of_nodes(
        self, environment: SynthesizedEnvironment, simulator: Simulator
    ) -> None:
        deploy = environment.delivery("deploy")
        cluster = f"arn:aws:eks:eu-west-1:{environment.account.account}:cluster/{environment.name}-cluster"
        may_join = {
            role
            for role in roles(environment.platform)
            if is_allowed(
                simulator,
                deploy,
                "eks:CreateAccessEntry",
                cluster,
                eks__principalArn=role,
                eks__accessEntryType="EC2_LINUX",
            )
        }
        nodes = {
            role
            for role, each in roles(environment.platform).items()
            if "ec2.amazonaws.com" in each["assume_role_policy"]
        }
        assert may_join == nodes
        assert len(nodes) == 2

    def test_deploy_can_attach_each_managed_policy(
        self, environment: SynthesizedEnvironment, simulator: Simulator
    ) -> None:
        deploy = environment.delivery("deploy")
        (role, *_) = roles(environment.platform)
        for each in environment.platform.blocks("aws_iam_role_policy_attachment").values():
            for action in ("iam:AttachRolePolicy", "iam:DetachRolePolicy"):
                assert is_allowed(
                    simulator,
                    deploy,
                    action,
                    role,
                    iam__PolicyARN=each["policy_arn"],
                    iam__PermissionsBoundary=environment.workload_boundary_arn,
                )

    def test_the_attachable_policies_are_those_that_stacks_attach(self) -> None:
        attached = {
            each["policy_arn"]
            for environment in ENVIRONMENTS
            for each in environment.platform.blocks("aws_iam_role_policy_attachment").values()
        }
        assert attached == {f"arn:aws:iam::aws:policy/{name}" for name in ATTACHABLE_POLICIES}


class TestBoundaries:
    def test_each_role_of_each_stack_has_one(self, environment: SynthesizedEnvironment) -> None:
        for suffix in ("", "-account", "-bootstrap"):
            stack = SynthesizedStack.read(f"{environment.name}{suffix}", SNAPSHOTS)
            found = stack.blocks("aws_iam_role")
            assert found
            assert all(each["permissions_boundary"] for each in found.values())

    def test_the_replication_keeps_its_permissions(self, simulator: Simulator) -> None:
        stack = SynthesizedStack.read("production-bootstrap", SNAPSHOTS)
        (label,) = stack.blocks("aws_iam_role")
        (policy,) = stack.blocks("aws_iam_policy").values()
        role = stack.principal(label, stack.document(policy["policy"]))
        grants = [statement for each in role.identity for statement in each["Statement"]]
        assert len(grants) >= 5
        for grant in grants:
            for action in grant["Action"]:
                resource = grant["Resource"][0].replace("/*", "/production.tfstate")
                name = action.replace("*", "")
                key_policy = KEY_POLICY if action.startswith("kms:") else None
                request = Request(action=name, resource=resource, policy=key_policy)
                if name != "kms:ReEncrypt":
                    assert simulator.decide(role, request).is_allowed, action

    @pytest.mark.parametrize("role", ["plan", "deploy"])
    @pytest.mark.parametrize("name", ["production-boundary", "production-delivery-boundary"])
    def test_delivery_reads_them(self, name: str, role: str, simulator: Simulator) -> None:
        policy = f"arn:aws:iam::{PRODUCTION.account.account}:policy/{name}"
        for action in ("iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions"):
            caller = PRODUCTION.delivery(role)
            assert is_allowed(simulator, caller, action, policy, aws__RequestedRegion="us-east-1"), action


class TestState:
    @pytest.mark.parametrize("name", ["production.tfstate", "production.tfstate.tflock"])
    @pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
    def test_deploy_uses_it(self, action: str, name: str, simulator: Simulator) -> None:
        assert is_allowed(simulator, PRODUCTION.delivery("deploy"), action, f"{STATE}/{name}")

    @pytest.mark.parametrize(
        ("action", "allowed"), [("s3:GetObject", True), ("s3:PutObject", False), ("s3:DeleteObject", False)]
    )
    def test_plan_reads_it(self, action: str, allowed: bool, simulator: Simulator) -> None:
        plan = PRODUCTION.delivery("plan")
        assert is_allowed(simulator, plan, action, f"{STATE}/production.tfstate") is allowed

    def test_publish_does_not(self, simulator: Simulator) -> None:
        principal = PRODUCTION.delivery("publish")
        assert not is_allowed(simulator, principal, "s3:GetObject", f"{STATE}/production.tfstate")


class TestClusterRole:
    """It deploys the cluster stack, and changes nothing of AWS."""

    @pytest.mark.parametrize(
        ("action", "name"),
        [
            ("s3:ListBucket", ""),
            ("s3:GetObject", "/production.tfstate"),
            ("s3:GetObject", "/production-platform.tfstate"),
            ("s3:PutObject", "/production-platform.tfstate"),
            ("s3:GetObject", "/production-platform.tfstate.tflock"),
            ("s3:PutObject", "/production-platform.tfstate.tflock"),
            ("s3:DeleteObject", "/production-platform.tfstate.tflock"),
            ("s3:GetObject", "/production-platform.commit"),
            ("s3:PutObject", "/production-platform.commit"),
        ],
    )
    def test_makes_the_calls_of_plan_apply_and_record(
        self, action: str, name: str, simulator: Simulator
    ) -> None:
        assert is_allowed(simulator, PRODUCTION.delivery("cluster"), action, f"{STATE}{name}")

    @pytest.mark.parametrize(
        ("action", "alias"),
        [
            ("kms:Decrypt", "state-key"),
            ("kms:GenerateDataKey", "state-key"),
            ("kms:GetPublicKey", "state-recovery-key"),
        ],
    )
    def test_uses_the_keys_of_the_state(self, action: str, alias: str, simulator: Simulator) -> None:
        name = f"production-{alias}"
        key = f"arn:aws:kms:eu-west-1:{PRODUCTION.account.account}:key/{name}"
        context = {"kms:ResourceAliases": [f"alias/{name}"], "kms:ViaService": "s3.eu-west-1.amazonaws.com"}
        request = Request(action=action, resource=key, policy=KEY_POLICY, context=context)
        assert simulator.decide(PRODUCTION.delivery("cluster"), request).is_allowed

    def test_finds_the_cluster(self, simulator: Simulator) -> None:
        cluster = f"arn:aws:eks:eu-west-1:{PRODUCTION.account.account}:cluster"
        role = PRODUCTION.delivery("cluster")
        assert is_allowed(simulator, role, "eks:DescribeCluster", f"{cluster}/production-cluster")
        assert not is_allowed(simulator, role, "eks:DescribeCluster", f"{cluster}/other")
        for action in ("eks:UpdateClusterConfig", "eks:CreatePodIdentityAssociation", "eks:DeleteCluster"):
            assert not is_allowed(simulator, role, action, f"{cluster}/production-cluster")

    def test_reads_the_signatures_of_images(self, simulator: Simulator) -> None:
        images = f"arn:aws:ecr:eu-west-1:{PRODUCTION.account.account}:repository/production-images"
        role = PRODUCTION.delivery("cluster")
        assert is_allowed(simulator, role, "ecr:GetAuthorizationToken", "*")
        assert is_allowed(simulator, role, "ecr:BatchGetImage", images)
        assert not is_allowed(simulator, role, "ecr:BatchGetImage", images.replace("images", "other"))
        assert not is_allowed(simulator, role, "ecr:PutImage", images)

    @pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
    def test_watches_the_alarms(self, region: str, simulator: Simulator) -> None:
        alarms = f"arn:aws:cloudwatch:{region}:{PRODUCTION.account.account}:alarm:*"
        role = PRODUCTION.delivery("cluster")
        assert is_allowed(simulator, role, "cloudwatch:DescribeAlarms", alarms)
        assert not is_allowed(simulator, role, "cloudwatch:DisableAlarmActions", alarms)

    @pytest.mark.parametrize("state", ["production", "production-account", "production-bootstrap", "other"])
    def test_writes_no_other_state(self, state: str, simulator: Simulator) -> None:
        role = PRODUCTION.delivery("cluster")
        for name in (f"{state}.tfstate", f"{state}.tfstate.tflock"):
            for action in ("s3:PutObject", "s3:DeleteObject"):
                assert not is_allowed(simulator, role, action, f"{STATE}/{name}")

    @pytest.mark.parametrize("state", ["production-account", "production-bootstrap", "other"])
    def test_reads_no_other_state(self, state: str, simulator: Simulator) -> None:
        role = PRODUCTION.delivery("cluster")
        assert not is_allowed(simulator, role, "s3:GetObject", f"{STATE}/{state}.tfstate")

    def test_does_not_delete_its_state(self, simulator: Simulator) -> None:
        state = f"{STATE}/production-platform.tfstate"
        assert not is_allowed(simulator, PRODUCTION.delivery("cluster"), "s3:DeleteObject", state)

    def test_has_no_other_actions(self) -> None:
        actions = {
            action
            for policy in PRODUCTION.delivery("cluster").identity
            for statement in policy["Statement"]
            for action in statement["Action"]
        }
        assert actions == {
            "cloudwatch:DescribeAlarms",
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetAuthorizationToken",
            "ecr:GetDownloadUrlForLayer",
            "eks:DescribeCluster",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:GetPublicKey",
            "kms:ReEncrypt*",
            "s3:DeleteObject",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:PutObject",
        }


class TestAuditRole:
    """It plans the cluster stack without a lock, and changes nothing."""

    @pytest.mark.parametrize("name", ["production", "production-platform"])
    def test_reads_the_states_of_both_stacks(self, name: str, simulator: Simulator) -> None:
        role = PRODUCTION.delivery("audit")
        assert is_allowed(simulator, role, "s3:GetObject", f"{STATE}/{name}.tfstate")

    @pytest.mark.parametrize("state", ["production-account", "production-bootstrap", "other"])
    def test_reads_no_other_state(self, state: str, simulator: Simulator) -> None:
        role = PRODUCTION.delivery("audit")
        assert not is_allowed(simulator, role, "s3:GetObject", f"{STATE}/{state}.tfstate")

    def test_decrypts_the_state_only(self, simulator: Simulator) -> None:
        for alias, allowed in (("state-key", True), ("cluster-key", False)):
            name = f"production-{alias}"
            key = f"arn:aws:kms:eu-west-1:{PRODUCTION.account.account}:key/{name}"
            keys = {"kms:ResourceAliases": [f"alias/{name}"], "kms:ViaService": "s3.eu-west-1.amazonaws.com"}
            request = Request(action="kms:Decrypt", resource=key, policy=KEY_POLICY, context=keys)
            assert simulator.decide(PRODUCTION.delivery("audit"), request).is_allowed is allowed

    def test_finds_the_cluster(self, simulator: Simulator) -> None:
        cluster = f"arn:aws:eks:eu-west-1:{PRODUCTION.account.account}:cluster/production-cluster"
        assert is_allowed(simulator, PRODUCTION.delivery("audit"), "eks:DescribeCluster", cluster)

    def test_has_no_other_actions(self) -> None:
        actions = {
            action
            for policy in PRODUCTION.delivery("audit").identity
            for statement in policy["Statement"]
            for action in statement["Action"]
        }
        assert actions == {
            "eks:DescribeCluster",
            "kms:Decrypt",
            "kms:DescribeKey",
            "s3:GetObject",
            "s3:ListBucket",
        }


class TestData:
    @pytest.mark.parametrize("role", ["plan", "deploy"])
    @pytest.mark.parametrize(
        ("action", "resource"),
        [
            ("ec2:GetPasswordData", "arn:aws:ec2:eu-west-1:210987654321:instance/i-1"),
            ("dynamodb:Scan", "arn:aws:dynamodb:eu-west-1:210987654321:table/t"),
            ("lambda:GetFunction", "arn:aws:lambda:eu-west-1:210987654321:function:f"),
            ("ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:210987654321:repository/production-images"),
            ("logs:GetLogEvents", "arn:aws:logs:eu-west-1:210987654321:log-group:g:log-stream:s"),
            ("elasticache:Connect", "arn:aws:elasticache:eu-west-1:210987654321:user:production-cache-api"),
            ("rds-db:connect", "arn:aws:rds-db:eu-west-1:210987654321:dbuser:db/api"),
            ("s3:GetObject", "arn:aws:s3:::production-site-site-bucket-1/index.html"),
            (
                "secretsmanager:GetSecretValue",
                "arn:aws:secretsmanager:eu-west-1:210987654321:secret:rds!db-1",
            ),
            ("sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:210987654321:production-cluster-karpenter"),
            ("ssm:GetParameter", "arn:aws:ssm:eu-west-1:210987654321:parameter/ledger/password"),
            ("ssm:GetParameter", "arn:aws:ssm:eu-west-1:210987654321:parameter/aws/service/ledger"),
        ],
    )
    def test_delivery_reads_none(self, role: str, action: str, resource: str, simulator: Simulator) -> None:
        principal = PRODUCTION.delivery(role)
        keys = {"aws__ResourceAccount": "210987654321", "aws__RequestedRegion": "eu-west-1"}
        assert not is_allowed(simulator, principal, action, resource, **keys)

    @pytest.mark.parametrize("role", ["plan", "deploy"])
    def test_delivery_reads_no_large_log_events(self, role: str, simulator: Simulator) -> None:
        """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogObject.html"""
        group = "arn:aws:logs:eu-west-1:210987654321:log-group:g"
        # The published table of IAM's actions doesn't have it yet.
        context = {"aws:RequestedRegion": "eu-west-1"}
        request = Request(action="logs:GetLogObject", resource=group, context=context, is_checked=False)
        assert simulator.decide(PRODUCTION.delivery(role), request).result == "ExplicitlyDenied"


def role_names(kind: str, count: int) -> list[str]:
    """Return names like those of IAM Identity Center, as long as IAM allows."""
    start, end = "AWSReservedSSO_", "_0123456789abcdef"
    return [f"{start}{kind}{number}".ljust(64 - len(end), "x") + end for number in range(count)]


def synthesize_account(folder: Path, *, roles_per_list: int, has_standby: bool) -> SynthesizedEnvironment:
    """Synthesize an account stack with the longest name and the longest names of roles."""
    name = "e" * (MAX_STANDBY_NAME_LENGTH if has_standby else MAX_NAME_LENGTH)
    standby = PRODUCTION_VALUES.standby if has_standby else None
    lists = {kind: role_names(kind, roles_per_list) for kind in ("admins", "operators", "viewers")}
    cluster = PRODUCTION_VALUES.cluster
    access = cluster.access.model_copy(update=lists)
    app = App(outdir=str(folder))
    values = {"name": name, "standby": standby, "cluster": cluster.model_copy(update={"access": access})}
    account(app, PRODUCTION_VALUES.model_copy(update=values))
    app.synth()
    return SynthesizedEnvironment(name, folder / "stacks")


@pytest.fixture(scope="module", params=[False, True], ids=["alone", "with standby"])
def longest(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> SynthesizedEnvironment:
    folder = tmp_path_factory.mktemp("cdktf.out")
    return synthesize_account(folder, roles_per_list=4, has_standby=request.param)


class TestQuotas:
    def test_all_managed_policies_fit(self, longest: SynthesizedEnvironment) -> None:
        assert all(len(name) == 64 for name in role_names("admins", 4))
        policies = longest.account.blocks("aws_iam_policy")
        assert len(policies) == 11
        for label, each in policies.items():
            document = longest.account.document(each["policy"])
            assert _characters(document) <= MANAGED_POLICY_CHARACTERS, label

    def test_too_many_roles_are_refused_with_the_place_and_the_fix(self, tmp_path: Path) -> None:
        with pytest.raises(ConstructError, match=r"cluster-limits.*allows 6,144\. Name fewer roles"):
            synthesize_account(tmp_path, roles_per_list=8, has_standby=True)

    @pytest.mark.parametrize("role", ["plan", "deploy", "publish", "cluster", "audit"])
    def test_the_inline_policies_fit(self, role: str, longest: SynthesizedEnvironment) -> None:
        (label,) = longest.account.labels("aws_iam_role", name=f"{longest.name}-delivery-{role}")
        inline = longest.account.inline_policies(label)
        assert 0 < sum(map(_characters, inline)) <= INLINE_CHARACTERS


def _characters(policy: object) -> int:
    """Return the size that IAM counts: without white space."""
    return len("".join(json.dumps(policy, separators=(",", ":")).split()))
