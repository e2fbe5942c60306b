import pytest

from constructs_arq.compute.fleet_config import FleetConfig
from tests.compute.fleet_builders import ARM_IMAGE, ARM_TYPES, SCALING, build_fleet
from tests.support import STACK, Resource, Synthesized, statements, synthesize

SCRIPT = "#!/bin/bash\ncurl --write-out '%{http_code}' \"${ENDPOINT}/ready\"\n"


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(
        build_fleet(
            FleetConfig(
                image=ARM_IMAGE,
                instance_types=ARM_TYPES,
                scaling=SCALING,
                root_volume_gib=50,
                user_data=SCRIPT,
            )
        )
    )


@pytest.fixture(scope="module")
def template(synthesized: Synthesized) -> Resource:
    return synthesized.one("aws_launch_template")


def test_imdsv2_is_required_with_one_hop(template: Resource) -> None:
    assert template["metadata_options"] == {
        "http_endpoint": "enabled",
        "http_tokens": "required",
        "http_put_response_hop_limit": 1,
    }


def test_the_root_volume_is_gp3_and_encrypted_with_the_fleet_key(template: Resource) -> None:
    (device,) = template["block_device_mappings"]
    volume = device["ebs"]
    assert (volume["volume_type"], volume["volume_size"], volume["encrypted"]) == ("gp3", 50, "true")
    assert volume["kms_key_id"].startswith("${aws_kms_key.workers_key")


def test_the_service_linked_role_may_use_the_key(synthesized: Synthesized) -> None:
    role = synthesized.one("aws_iam_service_linked_role")
    assert role["aws_service_name"] == "autoscaling.amazonaws.com"
    assert role["custom_suffix"] == "test-workers"
    key = statements(synthesized.one("aws_kms_key", "workers/key/Default")["policy"])
    for sid, action in (
        ("LaunchInstances", "kms:GenerateDataKey*"),
        ("LaunchInstancesForAWSResources", "kms:CreateGrant"),
    ):
        assert key[sid]["Principal"]["AWS"].startswith("${aws_iam_service_linked_role.workers_launcher")
        assert action in key[sid]["Action"]


def test_instances_have_no_public_address_and_the_fleet_security_group(template: Resource) -> None:
    (interface,) = template["network_interfaces"]
    assert interface["associate_public_ip_address"] == "false"
    (group,) = interface["security_groups"]
    assert group.startswith("${aws_security_group.workers_security-group")


def test_detailed_monitoring_is_enabled(template: Resource) -> None:
    assert template["monitoring"] == {"enabled": True}


def test_instances_volumes_and_interfaces_have_the_stack_tags(template: Resource) -> None:
    tagged = {spec["resource_type"]: spec["tags"] for spec in template["tag_specifications"]}
    assert set(tagged) == {"instance", "volume", "network-interface"}
    for tags in tagged.values():
        assert tags["Name"] == "test-workers"
        assert (tags["owner"], tags["environment"]) == (STACK.owner, STACK.environment)


def test_the_role_allows_session_manager(synthesized: Synthesized) -> None:
    attachment = synthesized.one("aws_iam_role_policy_attachment")
    assert attachment["policy_arn"].endswith("policy/AmazonSSMManagedInstanceCore")
    assert attachment["role"] == synthesized.one("aws_iam_instance_profile")["role"]


def test_the_name_of_an_image_selects_exactly_one_image(synthesized: Synthesized) -> None:
    (image,) = synthesized.json["data"]["aws_ami"].values()
    assert image["filter"] == [{"name": "name", "values": [ARM_IMAGE]}]
    assert (image["owners"], image["include_deprecated"]) == (["amazon"], True)
    assert "most_recent" not in image
    # An image id: an instance refresh can't roll back to a "resolve:ssm:" parameter.
    assert synthesized.one("aws_launch_template")["image_id"].startswith("${data.aws_ami.workers")


def test_the_id_of_an_image_needs_no_lookup() -> None:
    image = "ami-0123456789abcdef0"
    found = synthesize(build_fleet(FleetConfig(image=image, instance_types=ARM_TYPES, scaling=SCALING)))
    assert found.one("aws_launch_template")["image_id"] == image
    assert "data" not in found.json


def test_user_data_is_readable_and_escaped_for_terraform(template: Resource) -> None:
    assert template["user_data"] == (
        '${base64encode("#!/bin/bash\\ncurl --write-out \'%%{http_code}\' \\"$${ENDPOINT}/ready\\"\\n")}'
    )
