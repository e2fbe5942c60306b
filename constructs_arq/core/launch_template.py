"""Launch template settings of all EC2 instances: metadata service, volumes and tags."""

from cdktf_cdktf_provider_aws.launch_template import (
    LaunchTemplateBlockDeviceMappings,
    LaunchTemplateBlockDeviceMappingsEbs,
    LaunchTemplateMetadataOptions,
    LaunchTemplateTagSpecifications,
)

from constructs_arq.core.protocols import EncryptionKey
from constructs_arq.core.stack import Stack

# The root device of Amazon Linux and Bottlerocket images.
ROOT_DEVICE = "/dev/xvda"

# Tags of the launch template don't apply to its instances.
_TAGGED_RESOURCES = ("instance", "volume", "network-interface")


def metadata_options() -> LaunchTemplateMetadataOptions:
    """Return options that require IMDSv2 and one hop, so that containers can't use the instance's role.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
    """
    return LaunchTemplateMetadataOptions(
        http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
    )


def encrypted_volume(
    device: str, *, size_gib: int | None, key: EncryptionKey
) -> LaunchTemplateBlockDeviceMappings:
    """Return an encrypted gp3 volume that is deleted with its instance. The default size is the image's."""
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


def tag_specifications(stack: Stack, *, name: str) -> list[LaunchTemplateTagSpecifications]:
    """Return the stack's tags and a name for the instance, its volumes and its network interfaces."""
    tags = {**stack.common_tags, "Name": name}
    return [LaunchTemplateTagSpecifications(resource_type=kind, tags=tags) for kind in _TAGGED_RESOURCES]
