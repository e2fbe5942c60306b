import json
from pathlib import Path

import pytest
from cdktf import App

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.cluster.instance_types import OperatingSystem
from constructs_arq.cluster.node_group import Capacity, NodeGroupConfig, Taint, TaintEffect
from constructs_arq.cluster.node_schedule import ScheduledNodes
from constructs_arq.core.alarm import Alarm, Comparison, MissingData
from constructs_arq.core.stack import Stack
from tests.cluster.cluster_builders import (
    CONFIG,
    NODES,
    address_of,
    all_resources,
    config_with_nodes,
    make_network,
    prerequisites,
    synthesize_cluster,
)
from tests.support import STACK, Resource, Synthesized, statements

GROUP = "cluster/node-groups/{}/Default"
TEMPLATE = "cluster/node-groups/{}/launch-template"

SPOT = NodeGroupConfig(
    instance_types=("m7g.large", "m6g.large", "c7g.xlarge"),
    capacity=Capacity.SPOT,
    operating_system=OperatingSystem.BOTTLEROCKET,
    volume_gib=80,
    nodes=4,
    schedule=(
        ScheduledNodes(name="night", cron="0 20 * * *", time_zone="Europe/Berlin", nodes=0),
        ScheduledNodes(name="morning", cron="0 6 * * *", nodes=3),
    ),
    max_unavailable_percent=50,
    labels={"team": "shop"},
    taints=(Taint(key="spot", value="yes", effect=TaintEffect.NO_EXECUTE),),
)


@pytest.fixture(scope="module")
def alarms() -> list[Alarm]:
    return []


@pytest.fixture(scope="module")
def synthesized(alarms: list[Alarm]) -> Synthesized:
    return synthesize_cluster(
        config_with_nodes(system=NODES, spot=SPOT), then=lambda cluster: alarms.extend(cluster.alarms)
    )


@pytest.fixture(params=["system", "spot"])
def template(request: pytest.FixtureRequest, synthesized: Synthesized) -> Resource:
    return synthesized.one("aws_launch_template", TEMPLATE.format(request.param))


def test_imdsv2_with_one_hop_protects_node_credentials(template: Resource) -> None:
    assert template["metadata_options"] == {
        "http_endpoint": "enabled",
        "http_tokens": "required",
        "http_put_response_hop_limit": 1,
    }
    assert template["monitoring"] == {"enabled": True}


def test_node_volumes_are_encrypted_gp3(template: Resource, synthesized: Synthesized) -> None:
    key = address_of(synthesized, "aws_kms_key", "cluster/key/Default")
    for mapping in template["block_device_mappings"]:
        assert mapping["ebs"]["encrypted"] == "true"
        assert mapping["ebs"]["kms_key_id"] == f"${{{key}.arn}}"
        assert mapping["ebs"]["volume_type"] == "gp3"


def test_instances_volumes_and_interfaces_have_the_stack_tags(template: Resource) -> None:
    tagged = {each["resource_type"]: each["tags"] for each in template["tag_specifications"]}
    for kind in ("instance", "volume", "network-interface"):
        assert {"environment": "test", "project": "arq", "owner": "platform"}.items() <= tagged[kind].items()


def test_volume_size_applies_to_the_container_volume(synthesized: Synthesized) -> None:
    def sizes(group: str) -> dict[str, int | None]:
        mappings = synthesized.one("aws_launch_template", TEMPLATE.format(group))["block_device_mappings"]
        return {mapping["device_name"]: mapping["ebs"].get("volume_size") for mapping in mappings}

    assert sizes("system") == {"/dev/xvda": 50}
    assert sizes("spot") == {"/dev/xvda": None, "/dev/xvdb": 80}


def test_node_group_arguments(synthesized: Synthesized) -> None:
    group = synthesized.one("aws_eks_node_group", GROUP.format("spot"))
    assert group["ami_type"] == "BOTTLEROCKET_ARM_64"
    assert group["capacity_type"] == "SPOT"
    assert group["instance_types"] == ["m7g.large", "m6g.large", "c7g.xlarge"]
    assert group["scaling_config"] == {"min_size": 4, "max_size": 4, "desired_size": 4}
    assert group["update_config"] == {"max_unavailable_percentage": 50}
    assert group["node_repair_config"] == {"enabled": True}
    assert group["labels"] == {"team": "shop"}
    assert group["taint"] == [{"key": "spot", "value": "yes", "effect": "NO_EXECUTE"}]
    system = synthesized.one("aws_eks_node_group", GROUP.format("system"))
    assert system["ami_type"] == "AL2023_x86_64_STANDARD"
    assert system["capacity_type"] == "ON_DEMAND"


def test_node_groups_use_the_cluster_version_and_the_latest_template(synthesized: Synthesized) -> None:
    group = synthesized.one("aws_eks_node_group", GROUP.format("system"))
    template = address_of(synthesized, "aws_launch_template", TEMPLATE.format("system"))
    assert group["version"] == synthesized.one("aws_eks_cluster")["version"]
    assert group["launch_template"] == {
        "id": f"${{{template}.id}}",
        "version": f"${{{template}.latest_version}}",
    }


def test_terraform_keeps_the_number_of_nodes_unless_a_schedule_sets_it(synthesized: Synthesized) -> None:
    lifecycles = {
        name: synthesized.one("aws_eks_node_group", GROUP.format(name))["lifecycle"]
        for name in ("system", "spot")
    }
    assert lifecycles == {
        "system": {"create_before_destroy": True},
        "spot": {"create_before_destroy": True, "ignore_changes": ["scaling_config"]},
    }


def test_a_replacement_can_exist_next_to_the_old_group(synthesized: Synthesized) -> None:
    for group in synthesized.of_type("aws_eks_node_group").values():
        assert group["lifecycle"]["create_before_destroy"] is True
        assert "node_group_name" not in group, "a replacement with the same name could not exist next to it"
    prefixes = {
        group["node_group_name_prefix"] for group in synthesized.of_type("aws_eks_node_group").values()
    }
    assert prefixes == {"system-", "spot-"}


def test_a_schedule_changes_the_number_of_nodes(synthesized: Synthesized) -> None:
    schedule = synthesized.one("aws_autoscaling_schedule", "cluster/node-groups/spot/schedule-night")
    group = address_of(synthesized, "aws_eks_node_group", GROUP.format("spot"))
    assert schedule["autoscaling_group_name"] == f"${{{group}.resources[0].autoscaling_groups[0].name}}"
    assert (schedule["recurrence"], schedule["time_zone"]) == ("0 20 * * *", "Europe/Berlin")
    # EKS needs a maximum of at least 1.
    assert (schedule["min_size"], schedule["max_size"], schedule["desired_capacity"]) == (0, 1, 0)
    morning = synthesized.one("aws_autoscaling_schedule", "cluster/node-groups/spot/schedule-morning")
    assert (morning["min_size"], morning["max_size"], morning["desired_capacity"]) == (3, 3, 3)


def test_nodes_follow_the_latest_release_of_their_image(synthesized: Synthesized) -> None:
    parameters = {
        body["//"]["metadata"]["path"]: body["name"]
        for body in synthesized.json["data"]["aws_ssm_parameter"].values()
    }
    assert parameters == {
        "test/cluster/node-groups/system/release": (
            "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/release_version"
        ),
        "test/cluster/node-groups/spot/release": (
            "/aws/service/bottlerocket/aws-k8s-1.35/arm64/latest/image_version"
        ),
    }
    for group in synthesized.of_type("aws_eks_node_group").values():
        assert group["release_version"].startswith("${data.aws_ssm_parameter.cluster_node-groups_")


def test_a_release_can_be_pinned() -> None:
    pinned = NODES.model_copy(update={"release": "1.35.3-20260318"})
    synthesized = synthesize_cluster(config_with_nodes(system=pinned))
    assert synthesized.one("aws_eks_node_group")["release_version"] == "1.35.3-20260318"
    assert "aws_ssm_parameter" not in synthesized.json["data"]


def test_node_groups_depend_on_the_nat_routes_of_their_subnets(synthesized: Synthesized) -> None:
    group = address_of(synthesized, "aws_eks_node_group", GROUP.format("system"))
    subnets = synthesized.one("aws_eks_node_group", GROUP.format("system"))["subnet_ids"]
    assert subnets == synthesized.one("aws_eks_cluster")["vpc_config"]["subnet_ids"]
    assert address_of(synthesized, "aws_route", "network/private/euw1-az1/nat") in prerequisites(
        synthesized, group
    )


@pytest.mark.parametrize("role", ["cluster/node-role", "cluster/karpenter/node-role"])
def test_node_roles_have_the_managed_policies(synthesized: Synthesized, role: str) -> None:
    attached = {
        attachment["policy_arn"].removeprefix("arn:aws:iam::aws:policy/")
        for path, attachment in synthesized.of_type("aws_iam_role_policy_attachment").items()
        if path.startswith(f"{role}/")
    }
    assert attached == {
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonSSMManagedInstanceCore",
    }


def test_node_groups_depend_on_the_policies_of_their_role(synthesized: Synthesized) -> None:
    before = prerequisites(synthesized, address_of(synthesized, "aws_eks_node_group", GROUP.format("system")))
    path = "cluster/node-role/managed-amazoneksworkernodepolicy"
    assert address_of(synthesized, "aws_iam_role_policy_attachment", path) in before


def test_auto_scaling_may_use_the_volumes_key_and_grant_it_to_aws_resources(synthesized: Synthesized) -> None:
    allowed = [
        statement
        for statement in statements(synthesized.one("aws_kms_key", "cluster/key/Default")["policy"]).values()
        if statement["Principal"].get("AWS", "").startswith("${data.aws_iam_role.cluster_launcher_")
    ]
    assert "kms:GenerateDataKey*" in {action for each in allowed for action in each["Action"]}
    [granting] = [each for each in allowed if "kms:CreateGrant" in each["Action"]]
    assert granting["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_only_groups_with_a_minimum_have_a_missing_nodes_alarm(
    alarms: list[Alarm], synthesized: Synthesized
) -> None:
    [alarm] = [alarm for alarm in alarms if alarm.namespace == "AWS/AutoScaling"]
    group = address_of(synthesized, "aws_eks_node_group", GROUP.format("system"))
    assert alarm.name == "nodes-missing-system"
    assert alarm.dimensions.keys() == {"AutoScalingGroupName"}
    assert (alarm.metric, alarm.comparison, alarm.threshold) == (
        "GroupInServiceInstances",
        Comparison.BELOW,
        2,
    )
    assert alarm.missing_data is MissingData.BREACHING, f"{group} without nodes sends no metrics"


def test_adding_a_node_group_keeps_all_addresses(synthesized: Synthesized) -> None:
    fewer = synthesize_cluster(config_with_nodes(system=NODES))
    assert fewer.addresses < synthesized.addresses
    reordered = synthesize_cluster(config_with_nodes(spot=SPOT, system=NODES))
    assert reordered.addresses == synthesized.addresses
    assert len(all_resources(reordered)) == len(all_resources(synthesized))


def test_cluster_and_network_can_be_in_different_stacks(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    network = make_network(Stack(app, "network", config=STACK))
    Cluster(Stack(app, "cluster", config=STACK), "cluster", subnets=network.private, config=CONFIG)
    app.synth()
    synthesized = Synthesized(json.loads((tmp_path / "stacks/cluster/cdk.tf.json").read_text()))
    [group] = synthesized.of_type("aws_eks_node_group").values()
    assert set(group["depends_on"]) <= synthesized.addresses
