import json

import pytest
from cdktf import Token

from constructs_arq.cluster.access import AccessConfig
from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.alarm import Alarm, Comparison
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import HasAlarms
from constructs_arq.core.stack import Stack
from constructs_arq.security.connections import SecurityGroup
from tests.cluster.cluster_builders import (
    CONFIG,
    DEPLOYER,
    address_of,
    make_cluster,
    make_network,
    prerequisites,
    synthesize_cluster,
)
from tests.support import STACK, Synthesized, statements, synthesize


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_cluster()


def test_cluster_arguments(synthesized: Synthesized) -> None:
    cluster = synthesized.one("aws_eks_cluster", "cluster/Default")
    arguments = {
        key: value for key, value in cluster.items() if key not in ("//", "depends_on", "vpc_config")
    }
    assert arguments == {
        "name": "test-cluster",
        "version": "1.35",
        "role_arn": f"${{{address_of(synthesized, 'aws_iam_role', 'cluster/role/Default')}.arn}}",
        "access_config": {
            "authentication_mode": "API",
            "bootstrap_cluster_creator_admin_permissions": False,
        },
        "bootstrap_self_managed_addons": False,
        "deletion_protection": True,
        "enabled_cluster_log_types": ["api", "audit", "authenticator", "controllerManager", "scheduler"],
        "encryption_config": {
            "provider": {
                "key_arn": f"${{{address_of(synthesized, 'aws_kms_key', 'cluster/secrets-key/Default')}.arn}}"
            },
            "resources": ["secrets"],
        },
        "lifecycle": {"prevent_destroy": True},
        "upgrade_policy": {"support_type": "STANDARD"},
        "zonal_shift_config": {"enabled": True},
    }


def test_the_cluster_address_has_no_hash(synthesized: Synthesized) -> None:
    assert "aws_eks_cluster.cluster" in synthesized.addresses


def test_the_api_is_private_and_in_the_private_subnets(synthesized: Synthesized) -> None:
    vpc = synthesized.one("aws_eks_cluster")["vpc_config"]
    private = {
        f"${{{address_of(synthesized, 'aws_subnet', f'network/private/{zone}/Default')}.id}}"
        for zone in ("euw1-az1", "euw1-az2")
    }
    assert vpc["endpoint_private_access"] is True
    assert vpc["endpoint_public_access"] is False
    assert "public_access_cidrs" not in vpc
    assert set(vpc["subnet_ids"]) == private


def test_the_api_is_public_for_listed_ranges_only() -> None:
    config = CONFIG.model_copy(update={"public_access_cidrs": ("203.0.113.0/24",)})
    vpc = synthesize_cluster(config).one("aws_eks_cluster")["vpc_config"]
    assert vpc["endpoint_private_access"] is True
    assert vpc["endpoint_public_access"] is True
    assert vpc["public_access_cidrs"] == ["203.0.113.0/24"]


def test_the_log_group_exists_before_the_cluster(synthesized: Synthesized) -> None:
    group = synthesized.one("aws_cloudwatch_log_group", "cluster/logs/Default")
    assert group["name"] == "/aws/eks/test-cluster/cluster"
    assert group["retention_in_days"] == 365
    assert group["kms_key_id"] == f"${{{address_of(synthesized, 'aws_kms_key', 'cluster/key/Default')}.arn}}"
    before = prerequisites(synthesized, "aws_eks_cluster.cluster")
    assert address_of(synthesized, "aws_cloudwatch_log_group", "cluster/logs/Default") in before


def test_the_cluster_depends_on_the_policies_of_its_role(synthesized: Synthesized) -> None:
    before = prerequisites(synthesized, "aws_eks_cluster.cluster")
    for kind, path in (
        ("aws_iam_role_policy_attachment", "cluster/role/managed-amazoneksclusterpolicy"),
        ("aws_iam_role_policy", "cluster/role/encrypt-secrets"),
    ):
        assert address_of(synthesized, kind, path) in before


def test_only_eks_may_use_the_secrets_key(synthesized: Synthesized) -> None:
    key = address_of(synthesized, "aws_kms_key", "cluster/secrets-key/Default")
    assert set(statements(synthesized.one("aws_kms_key", "cluster/secrets-key/Default")["policy"])) == {
        "AccountGoverns"
    }
    users = {
        path for path, grant in synthesized.of_type("aws_iam_role_policy").items() if key in grant["policy"]
    }
    assert users == {"cluster/role/encrypt-secrets"}


def test_an_unprotected_cluster_can_be_destroyed() -> None:
    config = STACK.model_copy(update={"protected": False})
    cluster = synthesize(make_cluster, config=config).one("aws_eks_cluster")
    assert cluster["deletion_protection"] is False
    assert "lifecycle" not in cluster


def test_iam_has_an_oidc_provider_for_the_cluster(synthesized: Synthesized) -> None:
    provider = synthesized.one("aws_iam_openid_connect_provider")
    assert provider["url"] == "${aws_eks_cluster.cluster.identity[0].oidc[0].issuer}"
    assert provider["client_id_list"] == ["sts.amazonaws.com"]


def access_policies(synthesized: Synthesized) -> dict[str, str]:
    """Return the access policy of each role, by the role's name."""
    names = {
        f"${{data.aws_iam_role.{block}.arn}}": data["name"]
        for block, data in synthesized.json["data"]["aws_iam_role"].items()
    }
    entries = {
        f"${{{address_of(synthesized, 'aws_eks_access_entry', path)}.principal_arn}}": names[
            entry["principal_arn"]
        ]
        for path, entry in synthesized.of_type("aws_eks_access_entry").items()
        if entry["type"] == "STANDARD"
    }
    associations = synthesized.of_type("aws_eks_access_policy_association").values()
    assert all(each["access_scope"] == {"type": "cluster"} for each in associations)
    return {entries[each["principal_arn"]]: each["policy_arn"].rsplit("/", 1)[1] for each in associations}


def test_each_role_gets_the_cluster_wide_policy_of_its_list() -> None:
    sso = "AWSReservedSSO_Ops_0a1b"
    config = CONFIG.model_copy(
        update={"access": AccessConfig(admins=(DEPLOYER,), operators=(sso,), viewers=("auditor",))}
    )
    assert access_policies(synthesize_cluster(config)) == {
        DEPLOYER: "AmazonEKSClusterAdminPolicy",
        sso: "AmazonEKSEditPolicy",
        "auditor": "AmazonEKSViewPolicy",
    }


def test_a_stack_can_add_an_admin_and_an_auditor_once() -> None:
    def build(stack: Stack) -> None:
        cluster = Cluster(stack, "cluster", subnets=make_network(stack).private, config=CONFIG)
        cluster.access.add_admin("test-delivery-cluster")
        cluster.access.add_auditor("test-delivery-audit")
        with pytest.raises(ConstructError, match="two access entries"):
            cluster.access.add_admin(DEPLOYER.upper())

    assert access_policies(synthesize(build)) == {
        DEPLOYER: "AmazonEKSClusterAdminPolicy",
        "test-delivery-cluster": "AmazonEKSClusterAdminPolicy",
        "test-delivery-audit": "AmazonEKSAdminViewPolicy",
    }


def test_connections_use_the_cluster_security_group() -> None:
    def build(stack: Stack) -> None:
        network = make_network(stack)
        cluster = Cluster(stack, "cluster", subnets=network.private, config=CONFIG)
        database = SecurityGroup(
            stack, "database", network=network, description="Ledger", listens_on=Port.tcp(5432)
        )
        cluster.connections.allow_to(database, why="The API keeps its ledger there")

    synthesized = synthesize(build)
    nodes = "${aws_eks_cluster.cluster.vpc_config[0].cluster_security_group_id}"
    out = synthesized.one("aws_vpc_security_group_egress_rule", "cluster/connections/to-database-tcp-5432")
    into = synthesized.one(
        "aws_vpc_security_group_ingress_rule", "cluster/connections/into-database-tcp-5432"
    )
    assert out["security_group_id"] == into["referenced_security_group_id"] == nodes
    assert out["from_port"] == into["to_port"] == 5432


def test_the_security_group_has_the_karpenter_discovery_tag(synthesized: Synthesized) -> None:
    tag = synthesized.one("aws_ec2_tag")
    assert tag["resource_id"] == "${aws_eks_cluster.cluster.vpc_config[0].cluster_security_group_id}"
    assert (tag["key"], tag["value"]) == ("karpenter.sh/discovery", "test-cluster")


def test_other_subnets_are_rejected_at_run_time() -> None:
    def build(stack: Stack) -> None:
        isolated = make_network(stack).isolated
        Cluster(stack, "cluster", subnets=isolated, config=CONFIG)  # type: ignore[arg-type]  # the mistake

    with pytest.raises(ConstructError, match=r"got IsolatedSubnets\. Use subnets=network\.private"):
        synthesize(build)


def test_alarms_have_the_cluster_dimension_and_unique_names() -> None:
    alarms: list[Alarm] = []

    def collect_alarms(cluster: HasAlarms) -> None:
        alarms.extend(cluster.alarms)

    synthesize_cluster(then=collect_alarms)
    control_plane = {alarm.metric: alarm for alarm in alarms if alarm.namespace == "AWS/EKS"}
    # EKS publishes each for one statistic: https://docs.aws.amazon.com/eks/latest/userguide/cloudwatch.html
    assert {metric: alarm.statistic for metric, alarm in control_plane.items()} == {
        "apiserver_request_total_5XX": "Sum",
        "scheduler_pending_pods_UNSCHEDULABLE": "Sum",
        "apiserver_storage_size_bytes": "Maximum",
    }
    assert {alarm.comparison for alarm in control_plane.values()} == {Comparison.ABOVE}
    # A reference, because an alarm that exists before the cluster has no data.
    assert all(set(alarm.dimensions) == {"ClusterName"} for alarm in control_plane.values())
    assert all(Token.is_unresolved(alarm.dimensions["ClusterName"]) for alarm in control_plane.values())
    assert len({alarm.name for alarm in alarms}) == len(alarms)


def test_policies_are_literal_json_without_wildcard_actions(synthesized: Synthesized) -> None:
    for policy in synthesized.of_type("aws_iam_role_policy").values():
        for statement in json.loads(policy["policy"])["Statement"]:
            assert "*" not in statement["Action"]
            assert not any(action.endswith(":*") for action in statement["Action"])


@pytest.mark.parametrize(("extended", "support"), [(False, "STANDARD"), (True, "EXTENDED")])
def test_extended_support_is_a_choice(extended: bool, support: str) -> None:
    synthesized = synthesize_cluster(CONFIG.model_copy(update={"extended_support": extended}))
    assert synthesized.one("aws_eks_cluster")["upgrade_policy"] == {"support_type": support}


def test_eks_log_group_is_imported_if_it_exists(synthesized: Synthesized) -> None:
    group = address_of(synthesized, "aws_cloudwatch_log_group", "cluster/logs/Default")
    [block] = [block for block in synthesized.json["import"] if block["to"] == group]
    assert 'name == "/aws/eks/test-cluster/cluster"' in block["for_each"]


def test_a_runner_outside_the_cluster_reaches_its_api() -> None:
    def build(stack: Stack) -> None:
        network = make_network(stack)
        cluster = Cluster(stack, "cluster", subnets=network.private, config=CONFIG)
        runner = SecurityGroup(stack, "runner", network=network, description="Runner")
        runner.connections.allow_to(cluster, why="It deploys through the Kubernetes API")

    rule = synthesize(build).one(
        "aws_vpc_security_group_ingress_rule", "runner/connections/into-cluster-tcp-443"
    )
    # EKS attaches this group to the API's network interfaces. It admits only itself at first.
    assert rule["security_group_id"].endswith(".vpc_config[0].cluster_security_group_id}")
    assert (rule["from_port"], rule["to_port"]) == (443, 443)
