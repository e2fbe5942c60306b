import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.cluster.existing_cluster import ExistingCluster
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import KubernetesCluster
from constructs_arq.core.stack import Stack
from constructs_arq.security.connections import SecurityGroup
from tests.cluster.cluster_builders import make_cluster, make_network
from tests.support import Synthesized, statements, synthesize

ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F"


def existing_cluster(stack: Stack, **overrides: str) -> ExistingCluster:
    attributes = {
        "name": "shared",
        "endpoint": "https://0A1B2C3D4E5F.gr7.eu-west-1.eks.amazonaws.com",
        "certificate_authority": "LS0tLS1CRUdJTg==",
        "oidc_provider_arn": f"arn:aws:iam::111122223333:oidc-provider/{ISSUER}",
        "security_group_id": "sg-0123456789abcdef0",
    }
    return Cluster.from_attributes(stack, "cluster", **{**attributes, **overrides})


def build(stack: Stack) -> None:
    cluster = existing_cluster(stack)
    database = SecurityGroup(
        stack, "database", network=make_network(stack), description="Ledger", listens_on=Port.tcp(5432)
    )
    cluster.connections.allow_to(database, why="The API keeps its ledger there")
    orders = cluster.workload("orders", namespace="shop")
    orders.allow("s3:GetObject", on="arn:aws:s3:::orders/*", policy_name="read-orders")


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def test_workloads_use_pod_identity_of_the_existing_cluster(synthesized: Synthesized) -> None:
    association = synthesized.one("aws_eks_pod_identity_association")
    assert association["cluster_name"] == "shared"
    assert (association["namespace"], association["service_account"]) == ("shop", "orders")
    role = synthesized.one("aws_iam_role", "cluster/workloads/shop/orders/role/Default")
    assert statements(role["assume_role_policy"])["Trust"]["Condition"] == {
        "ArnEquals": {"aws:SourceArn": "arn:aws:eks:eu-west-1:111122223333:cluster/shared"}
    }
    grant = synthesized.one("aws_iam_role_policy", "cluster/workloads/shop/orders/role/read-orders")
    assert statements(grant["policy"])["ReadOrders"]["Resource"] == ["arn:aws:s3:::orders/*"]


def test_connections_use_its_security_group(synthesized: Synthesized) -> None:
    egress = synthesized.one("aws_vpc_security_group_egress_rule", "cluster/connections/to-database-tcp-5432")
    assert egress["security_group_id"] == "sg-0123456789abcdef0"
    ingress = synthesized.one(
        "aws_vpc_security_group_ingress_rule", "cluster/connections/into-database-tcp-5432"
    )
    assert ingress["referenced_security_group_id"] == "sg-0123456789abcdef0"


def test_terraform_does_not_manage_or_read_the_cluster(synthesized: Synthesized) -> None:
    assert not synthesized.of_type("aws_eks_cluster")
    assert "data" not in synthesized.json


def test_clients_connect_to_the_api_port() -> None:
    def connect(stack: Stack) -> None:
        cluster = existing_cluster(stack)
        runner = SecurityGroup(stack, "runner", network=make_network(stack), description="CI runner")
        runner.connections.allow_to(cluster, why="Deploys workloads")

    rule = synthesize(connect).one(
        "aws_vpc_security_group_ingress_rule", "runner/connections/into-cluster-tcp-443"
    )
    assert (rule["security_group_id"], rule["from_port"]) == ("sg-0123456789abcdef0", 443)


def test_both_kinds_of_clusters_have_the_same_contract() -> None:
    clusters: list[KubernetesCluster] = []
    synthesize(lambda stack: clusters.append(make_cluster(stack)))
    synthesize(lambda stack: clusters.append(existing_cluster(stack)))
    assert [cluster.name for cluster in clusters] == ["test-cluster", "shared"]


def test_terraform_references_are_accepted() -> None:
    group = "${data.terraform_remote_state.platform.outputs.security_group_id}"
    synthesize(lambda stack: existing_cluster(stack, security_group_id=group))


def test_all_invalid_attributes_are_reported_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        synthesize(
            lambda stack: existing_cluster(
                stack,
                name="not a name",
                endpoint="http://insecure.example",
                certificate_authority="",
                oidc_provider_arn="arn:aws:iam::111122223333:role/x",
                security_group_id="sg-xyz",
            )
        )
    assert {problem.path for problem in error.value.problems} == {
        "name",
        "endpoint",
        "certificate_authority",
        "oidc_provider_arn",
        "security_group_id",
    }
    assert error.value.subject == "Cluster.from_attributes"
    [group] = [problem for problem in error.value.problems if problem.path == "security_group_id"]
    assert str(group) == (
        "security_group_id: must be the id of a security group, got 'sg-xyz'. "
        'Write it like "sg-0123456789abcdef0".'
    )
