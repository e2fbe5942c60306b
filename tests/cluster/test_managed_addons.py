import json

import pytest

from constructs_arq.cluster.managed_addons import Addon
from tests.cluster.cluster_builders import CONFIG, address_of, prerequisites, synthesize_cluster
from tests.support import Synthesized, statements

NODES = "cluster/node-groups/system/Default"


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_cluster()


def addon_address(synthesized: Synthesized, name: str) -> str:
    return address_of(synthesized, "aws_eks_addon", f"cluster/addons/{name}")


@pytest.mark.parametrize("name", ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"])
def test_nodes_depend_on_the_addons_they_need(synthesized: Synthesized, name: str) -> None:
    nodes = address_of(synthesized, "aws_eks_node_group", NODES)
    assert addon_address(synthesized, name) in prerequisites(synthesized, nodes)


@pytest.mark.parametrize(
    "name",
    [
        "coredns",
        "aws-ebs-csi-driver",
        "metrics-server",
        "eks-node-monitoring-agent",
        "amazon-cloudwatch-observability",
    ],
)
def test_addons_that_run_on_nodes_depend_on_them(synthesized: Synthesized, name: str) -> None:
    nodes = address_of(synthesized, "aws_eks_node_group", NODES)
    assert nodes in prerequisites(synthesized, addon_address(synthesized, name))


def test_all_addons_are_managed_and_overwrite_manual_changes(synthesized: Synthesized) -> None:
    addons = synthesized.of_type("aws_eks_addon")
    assert {each["addon_name"] for each in addons.values()} == set(Addon)
    for each in addons.values():
        assert each["resolve_conflicts_on_create"] == each["resolve_conflicts_on_update"] == "OVERWRITE"


def test_eks_selects_versions_for_the_version_of_the_cluster(synthesized: Synthesized) -> None:
    found = synthesized.json["data"]["aws_eks_addon_version"]
    assert {each["addon_name"] for each in found.values()} == set(Addon)
    # Not the most recent one, which AWS may not have made the default yet.
    assert {(each["kubernetes_version"], each["most_recent"]) for each in found.values()} == {("1.35", False)}
    for each in synthesized.of_type("aws_eks_addon").values():
        [source] = [name for name in found if name in each["addon_version"]]
        assert found[source]["addon_name"] == each["addon_name"]


def test_addon_versions_are_configurable() -> None:
    config = CONFIG.model_copy(update={"addon_versions": {Addon.COREDNS: "v1.14.3-eksbuild.1"}})
    synthesized = synthesize_cluster(config)
    addons = synthesized.of_type("aws_eks_addon")
    assert addons["cluster/addons/coredns"]["addon_version"] == "v1.14.3-eksbuild.1"
    assert "coredns" not in str(synthesized.json["data"]["aws_eks_addon_version"])


def test_the_cni_uses_prefix_delegation_and_network_policies(synthesized: Synthesized) -> None:
    values = json.loads(synthesized.one("aws_eks_addon", "cluster/addons/vpc-cni")["configuration_values"])
    assert values["env"]["ENABLE_PREFIX_DELEGATION"] == "true"
    assert values["enableNetworkPolicy"] == "true"


def test_the_ebs_driver_has_a_pod_identity_role(synthesized: Synthesized) -> None:
    [association] = synthesized.one("aws_eks_addon", "cluster/addons/aws-ebs-csi-driver")[
        "pod_identity_association"
    ]
    role = "cluster/addons/ebs-csi-driver-role"
    assert association == {
        "role_arn": f"${{{address_of(synthesized, 'aws_iam_role', f'{role}/Default')}.arn}}",
        "service_account": "ebs-csi-controller-sa",
    }
    trust = statements(synthesized.one("aws_iam_role", f"{role}/Default")["assume_role_policy"])["Trust"]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert trust["Condition"] == {
        "ArnEquals": {"aws:SourceArn": "arn:aws:eks:eu-west-1:111122223333:cluster/test-cluster"}
    }
    attached = synthesized.one("aws_iam_role_policy_attachment", f"{role}/managed-amazonebscsidriverpolicyv2")
    assert attached["policy_arn"] == "arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicyV2"


def test_the_ebs_driver_may_use_and_grant_the_volumes_key(synthesized: Synthesized) -> None:
    role = "cluster/addons/ebs-csi-driver-role"
    use = statements(synthesized.one("aws_iam_role_policy", f"{role}/use-cluster-key")["policy"])
    attach = statements(
        synthesized.one("aws_iam_role_policy", f"{role}/attach-volumes-with-cluster-key")["policy"]
    )
    key = f"${{{address_of(synthesized, 'aws_kms_key', 'cluster/key/Default')}.arn}}"
    assert use["UseClusterKey"]["Resource"] == [key]
    grant = attach["AttachVolumesWithClusterKey"]
    assert grant["Resource"] == [key]
    assert grant["Action"] == ["kms:CreateGrant"]
    assert grant["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_driver_volumes_have_the_stack_tags(synthesized: Synthesized) -> None:
    values = json.loads(
        synthesized.one("aws_eks_addon", "cluster/addons/aws-ebs-csi-driver")["configuration_values"]
    )
    assert values["controller"]["extraVolumeTags"]["owner"] == "platform"
