"""What every EC2 instance is launched with, whoever launches it."""

from cdktf_cdktf_provider_aws.launch_template import (
    LaunchTemplateBlockDeviceMappings,
    LaunchTemplateBlockDeviceMappingsEbs,
    LaunchTemplateMetadataOptions,
    LaunchTemplateTagSpecifications,
)

from constructs_arq.core.contracts import EncryptionKey
from constructs_arq.core.stack import Stack

# Where the images of Amazon Linux and Bottlerocket have their system.
ROOT_DEVICE = "/dev/xvda"

# Tags of the template itself don't reach what it launches.
_TAGGED = ("instance", "volume", "network-interface")


def metadata_options() -> LaunchTemplateMetadataOptions:
    """IMDSv2 only, within one hop: what runs in a container on the instance can't take its role.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
    """
    return LaunchTemplateMetadataOptions(
        http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
    )


def encrypted_volume(
    device: str, *, size_gib: int | None, key: EncryptionKey
) -> LaunchTemplateBlockDeviceMappings:
    """A gp3 volume that is encrypted and goes with its instance, of the image's own size if none is given."""
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
    """The stack's tags and a name, on the instance, its volumes and its network interfaces."""
    tags = {**stack.common_tags, "Name": name}
    return [LaunchTemplateTagSpecifications(resource_type=kind, tags=tags) for kind in _TAGGED]
