"""How a node starts: its metadata service, volumes and tags."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.launch_template import (
    LaunchTemplate,
    LaunchTemplateBlockDeviceMappings,
    LaunchTemplateBlockDeviceMappingsEbs,
    LaunchTemplateMetadataOptions,
    LaunchTemplateMonitoring,
    LaunchTemplateTagSpecifications,
)
from constructs import Construct

from constructs_arq.cluster.instance_types import OperatingSystem
from constructs_arq.core.contracts import EncryptionKey
from constructs_arq.core.stack import Stack

_TAGGED = ("instance", "network-interface", "volume")


def node_launch_template(
    scope: Construct,
    *,
    name: str,
    operating_system: OperatingSystem,
    volume_gib: int,
    key: EncryptionKey,
) -> LaunchTemplate:
    """IMDSv2 within one hop, so that no pod gets at the node's role; encrypted gp3; tags on all that starts.

    EKS adds the image, user data and the cluster's security group.
    https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
    """
    tags = {**Stack.of(scope).common_tags, "Name": name}
    return LaunchTemplate(
        scope,
        "launch-template",
        name_prefix=f"{name}-",
        update_default_version=True,
        metadata_options=LaunchTemplateMetadataOptions(
            http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
        ),
        monitoring=LaunchTemplateMonitoring(enabled=True),
        block_device_mappings=_volumes(operating_system, volume_gib, key),
        tag_specifications=[
            LaunchTemplateTagSpecifications(resource_type=kind, tags=tags) for kind in _TAGGED
        ],
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
    )


def _volumes(
    operating_system: OperatingSystem, volume_gib: int, key: EncryptionKey
) -> list[LaunchTemplateBlockDeviceMappings]:
    if operating_system is OperatingSystem.AL2023:
        return [_volume("/dev/xvda", volume_gib, key)]
    # Bottlerocket has its system on the first volume, of the image's own size, and containers on the second.
    return [_volume("/dev/xvda", None, key), _volume("/dev/xvdb", volume_gib, key)]


def _volume(device: str, size_gib: int | None, key: EncryptionKey) -> LaunchTemplateBlockDeviceMappings:
    return LaunchTemplateBlockDeviceMappings(
        device_name=device,
        ebs=LaunchTemplateBlockDeviceMappingsEbs(
            volume_type="gp3",
            volume_size=size_gib,
            encrypted="true",
            kms_key_id=key.arn,
            delete_on_termination="true",
        ),
    )
