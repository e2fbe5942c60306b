import json

import pytest

from constructs_arq.cluster.managed_addons import Addon
from tests.cluster.clusters import CONFIG, address_of, prerequisites, synthesize_cluster
from tests.support import Synthesized, statements

NODES = "cluster/node-groups/system/Default"


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_cluster()


def addon(synthesized: Synthesized, name: str) -> str:
    return address_of(synthesized, "aws_eks_addon", f"cluster/addons/{name}")


@pytest.mark.parametrize("name", ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"])
def test_what_makes_a_node_ready_is_there_before_it(synthesized: Synthesized, name: str) -> None:
    nodes = address_of(synthesized, "aws_eks_node_group", NODES)
    assert addon(synthesized, name) in prerequisites(synthesized, nodes)


@pytest.mark.parametrize("name", ["coredns", "aws-ebs-csi-driver", "metrics-server"])
def test_what_runs_on_nodes_waits_for_them(synthesized: Synthesized, name: str) -> None:
    nodes = address_of(synthesized, "aws_eks_node_group", NODES)
    assert nodes in prerequisites(synthesized, addon(synthesized, name))


def test_every_addon_is_eks_own_and_what_is_changed_by_hand_is_changed_back(synthesized: Synthesized) -> None:
    addons = synthesized.of_type("aws_eks_addon")
    assert {each["addon_name"] for each in addons.values()} == set(Addon)
    for each in addons.values():
        assert each["resolve_conflicts_on_create"] == each["resolve_conflicts_on_update"] == "OVERWRITE"
        assert "addon_version" not in each


def test_an_environment_may_fix_an_addons_version() -> None:
    config = CONFIG.model_copy(update={"addon_versions": {Addon.COREDNS: "v1.14.3-eksbuild.1"}})
    addons = synthesize_cluster(config).of_type("aws_eks_addon")
    assert addons["cluster/addons/coredns"]["addon_version"] == "v1.14.3-eksbuild.1"
    assert "addon_version" not in addons["cluster/addons/vpc-cni"]


def test_the_cni_gives_out_prefixes_and_enforces_network_policies(synthesized: Synthesized) -> None:
    values = json.loads(synthesized.one("aws_eks_addon", "cluster/addons/vpc-cni")["configuration_values"])
    assert values["env"]["ENABLE_PREFIX_DELEGATION"] == "true"
    assert values["enableNetworkPolicy"] == "true"


def test_the_ebs_driver_has_a_role_of_its_own_through_pod_identity(synthesized: Synthesized) -> None:
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


def test_the_ebs_driver_may_use_the_volumes_key_and_grant_it_to_ec2_only(synthesized: Synthesized) -> None:
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


def test_volumes_that_the_driver_makes_carry_the_stacks_tags(synthesized: Synthesized) -> None:
    values = json.loads(
        synthesized.one("aws_eks_addon", "cluster/addons/aws-ebs-csi-driver")["configuration_values"]
    )
    assert values["controller"]["extraVolumeTags"]["owner"] == "platform"
