"""The launch template of a node group."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.launch_template import (
    LaunchTemplate,
    LaunchTemplateBlockDeviceMappings,
    LaunchTemplateMonitoring,
)
from constructs import Construct

from constructs_arq.cluster.instance_types import OperatingSystem
from constructs_arq.core.launch_template import (
    ROOT_DEVICE,
    encrypted_volume,
    metadata_options,
    tag_specifications,
)
from constructs_arq.core.protocols import EncryptionKey
from constructs_arq.core.stack import Stack

_BOTTLEROCKET_DATA_DEVICE = "/dev/xvdb"


def make_node_launch_template(
    scope: Construct,
    *,
    name: str,
    operating_system: OperatingSystem,
    volume_gib: int,
    key: EncryptionKey,
) -> LaunchTemplate:
    """Create a launch template with IMDSv2, encrypted gp3 volumes and tags.

    The hop limit of one keeps pods away from the node role. EKS adds the image, user data and the cluster's
    security group.
    https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
    """
    return LaunchTemplate(
        scope,
        "launch-template",
        name_prefix=f"{name}-",
        update_default_version=True,
        metadata_options=metadata_options(),
        monitoring=LaunchTemplateMonitoring(enabled=True),
        block_device_mappings=_volumes(operating_system, volume_gib, key),
        tag_specifications=tag_specifications(Stack.of(scope), name=name),
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
    )


def _volumes(
    operating_system: OperatingSystem, volume_gib: int, key: EncryptionKey
) -> list[LaunchTemplateBlockDeviceMappings]:
    if operating_system is OperatingSystem.AL2023:
        return [encrypted_volume(ROOT_DEVICE, size_gib=volume_gib, key=key)]
    # The first Bottlerocket volume holds the system, in the size of the image. The second holds containers.
    return [
        encrypted_volume(ROOT_DEVICE, size_gib=None, key=key),
        encrypted_volume(_BOTTLEROCKET_DATA_DEVICE, size_gib=volume_gib, key=key),
    ]
