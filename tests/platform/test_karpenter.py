import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.cluster.node_group import Capacity, Taint
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.platform.karpenter import KarpenterController
from constructs_arq.platform.karpenter_config import KarpenterConfig, NodePoolConfig
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from environments.cluster_versions import find_node_image
from environments.production import PRODUCTION
from tests.cluster.cluster_builders import address_of
from tests.platform.addon_stack import (
    Values,
    objects_at,
    permissions_of,
    release_of,
    synthesize_addons,
    values_of,
)
from tests.support import Synthesized

CONFIG = KarpenterConfig(
    node_pools={
        "general": NodePoolConfig(
            vcpus=64,
            memory_gib=256,
            capacity=(Capacity.SPOT, Capacity.ON_DEMAND),
            taints=(Taint(key="dedicated", value="batch"), Taint(key="critical")),
        ),
        "other": NodePoolConfig(vcpus=8, memory_gib=32),
    }
)


def build(stack: Stack, target: AddonTarget, cluster: Cluster) -> None:
    KarpenterController(
        stack,
        "karpenter",
        target=target,
        identity=cluster.karpenter,
        volumes_key=cluster.key,
        subnet_tag="test-network",
        image_release="1.35.8-20260917",
        config=CONFIG,
    )


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_addons(build)


@pytest.fixture(scope="module")
def node_class(synthesized: Synthesized) -> Values:
    return objects_at(synthesized, "karpenter/nodes/Default")["EC2NodeClass/default"]


@pytest.fixture(scope="module")
def node_pool(synthesized: Synthesized) -> Values:
    return objects_at(synthesized, "karpenter/nodes/Default")["NodePool/general"]


def test_controller_has_the_queue_and_account_of_its_identity(synthesized: Synthesized) -> None:
    values = values_of(synthesized, Chart.KARPENTER)
    assert values["settings"]["interruptionQueue"] == synthesized.one("aws_sqs_queue")["name"]
    assert values["settings"]["clusterName"] == "test-cluster"
    assert values["serviceAccount"]["name"] == "karpenter"
    assert values["controller"]["env"] == [{"name": "AWS_REGION", "value": "eu-west-1"}]


def test_definitions_come_first_and_nodes_last(synthesized: Synthesized) -> None:
    definitions, controller = (
        address_of(synthesized, "helm_release", f"karpenter/{path}")
        for path in ("definitions", "addon/Default")
    )
    releases = synthesized.of_type("helm_release")
    assert definitions in releases["karpenter/addon/Default"]["depends_on"]
    assert releases["karpenter/nodes/Default"]["depends_on"] == [controller]


def test_only_the_release_of_the_definitions_changes_them(synthesized: Synthesized) -> None:
    assert release_of(synthesized, Chart.KARPENTER)["skip_crds"] is True
    assert release_of(synthesized, Chart.KARPENTER_CRD)["skip_crds"] is False


def test_destruction_waits_until_karpenter_has_drained_its_nodes(synthesized: Synthesized) -> None:
    release = synthesized.one("helm_release", "karpenter/nodes/Default")
    assert (release["wait"], release["timeout"]) == (True, 3600)


def test_karpenter_may_look_for_the_profiles_that_a_deletion_checks(synthesized: Synthesized) -> None:
    [statement] = [
        each
        for each in permissions_of(synthesized, "kube-system", "karpenter")
        if "iam:GetInstanceProfile" in each["Action"]
    ]
    assert statement["Resource"] == [
        "arn:aws:iam::111122223333:instance-profile/test-cluster-karpenter-node",
        "arn:aws:iam::111122223333:instance-profile/test-cluster_*",
    ]


def test_nodes_have_an_exact_image_and_the_profile_of_the_aws_stack(
    synthesized: Synthesized, node_class: Values
) -> None:
    assert node_class["amiSelectorTerms"] == [{"alias": "al2023@v20260917"}]
    assert node_class["instanceProfile"] == synthesized.one("aws_iam_instance_profile")["name"]


def test_nodes_have_tagged_subnets_and_the_security_group_of_the_cluster(
    synthesized: Synthesized, node_class: Values
) -> None:
    [subnets], [groups] = node_class["subnetSelectorTerms"], node_class["securityGroupSelectorTerms"]
    assert subnets == {"tags": {"karpenter.sh/discovery": "test-network"}}
    discovery = synthesized.one("aws_ec2_tag", "cluster/discovery")
    assert groups == {"tags": {discovery["key"]: discovery["value"]}}
    assert node_class["associatePublicIPAddress"] is False


def test_pods_do_not_reach_the_metadata_of_the_node(node_class: Values) -> None:
    options = node_class["metadataOptions"]
    assert (options["httpTokens"], options["httpPutResponseHopLimit"]) == ("required", 1)


def test_volumes_are_encrypted_with_the_key_of_the_cluster(node_class: Values) -> None:
    [volume] = node_class["blockDeviceMappings"]
    assert volume["ebs"]["encrypted"] is True
    assert volume["ebs"]["volumeType"] == "gp3"
    assert volume["ebs"]["kmsKeyID"].startswith("${aws_kms_key.")


def test_pool_has_limits_budget_and_an_end_of_each_node(node_pool: Values) -> None:
    assert node_pool["limits"] == {"cpu": "64", "memory": "256Gi"}
    assert node_pool["disruption"]["budgets"] == [{"nodes": "10%"}]
    template = node_pool["template"]["spec"]
    assert (template["expireAfter"], template["terminationGracePeriod"]) == ("336h", "4h")
    assert template["taints"] == [
        {"key": "dedicated", "value": "batch", "effect": "NoSchedule"},
        {"key": "critical", "effect": "NoSchedule"},
    ]


def test_pool_selects_instance_types(node_pool: Values) -> None:
    requirements = {
        each["key"].rpartition("/")[2]: (each["operator"], each["values"])
        for each in node_pool["template"]["spec"]["requirements"]
    }
    assert requirements == {
        "os": ("In", ["linux"]),
        "arch": ("In", ["arm64"]),
        "capacity-type": ("In", ["spot", "on-demand"]),
        "instance-category": ("In", ["c", "m", "r"]),
        "instance-generation": ("Gt", ["5"]),
        "instance-size": ("NotIn", ["nano", "micro", "small", "medium"]),
        "instance-cpu": ("Lt", ["17"]),
    }


@pytest.mark.parametrize("nodes", ["", "101%", "-1", "10 %", "ten"])
def test_pool_rejects_invalid_budgets(nodes: str) -> None:
    with pytest.raises(ConfigError, match="disrupted_nodes"):
        NodePoolConfig(vcpus=8, memory_gib=32, disrupted_nodes=nodes)


def test_environments_need_an_exact_image() -> None:
    assert find_node_image(PRODUCTION.cluster) == "1.35.8-20260917"
    unpinned = PRODUCTION.cluster.model_copy(update={"version": "1.36"})
    with pytest.raises(ConfigError, match="must be an exact release"):
        find_node_image(unpinned)


def test_only_the_chart_makes_a_disruption_budget(synthesized: Synthesized) -> None:
    assert "karpenter/addon/disruption-budget" not in synthesized.of_type(
        "kubernetes_pod_disruption_budget_v1"
    )
