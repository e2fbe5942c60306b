"""The launch template of a fleet."""

from cdktf import Fn, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.launch_template import LaunchTemplate as AwsLaunchTemplate
from cdktf_cdktf_provider_aws.launch_template import (
    LaunchTemplateIamInstanceProfile,
    LaunchTemplateMonitoring,
    LaunchTemplateNetworkInterfaces,
)
from constructs import Construct

from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.machine_image import find_image_id
from constructs_arq.core.launch_template import (
    ROOT_DEVICE,
    encrypted_volume,
    metadata_options,
    tag_specifications,
)
from constructs_arq.core.protocols import EncryptionKey
from constructs_arq.core.stack import Stack

# `Fn.raw_string` does not escape these, but Terraform interprets them. The backslash comes first: the other
# replacements add backslashes.
_RAW_STRING_ESCAPES = {"\\": "\\\\", "\r": "\\r", "%{": "%%{"}


class LaunchTemplate(Construct):
    """A launch template: IMDSv2 only, an encrypted gp3 root volume, no public address, tags on everything.

    The template holds the id of the image, not an SSM parameter: EC2 Auto Scaling can only roll back to ids.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        config: FleetConfig,
        key: EncryptionKey,
        security_group_id: str,
        instance_profile_arn: str,
    ) -> None:
        super().__init__(scope, id)
        template = AwsLaunchTemplate(
            self,
            "Default",
            name=name,
            description=f"Instances of {name}",
            update_default_version=True,
            image_id=find_image_id(self, config.image),
            instance_type=config.instance_types[0],
            user_data=encode_user_data(config.user_data),
            ebs_optimized="true",
            monitoring=LaunchTemplateMonitoring(enabled=True),
            iam_instance_profile=LaunchTemplateIamInstanceProfile(arn=instance_profile_arn),
            metadata_options=metadata_options(),
            network_interfaces=[
                LaunchTemplateNetworkInterfaces(
                    device_index=0,
                    associate_public_ip_address="false",
                    delete_on_termination="true",
                    security_groups=[security_group_id],
                )
            ],
            block_device_mappings=[encrypted_volume(ROOT_DEVICE, size_gib=config.root_volume_gib, key=key)],
            tag_specifications=tag_specifications(Stack.of(self), name=name),
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.template_id: str = template.id
        # A version number instead of $Latest: an instance refresh can only roll back to a number.
        self.version: str = Token.as_string(template.latest_version)


def encode_user_data(script: str | None) -> str | None:
    """Return a Terraform expression that encodes the script in base64.

    The expression keeps the script readable for reviewers and scanners.
    """
    if script is None:
        return None
    for character, escaped in _RAW_STRING_ESCAPES.items():
        script = script.replace(character, escaped)
    return str(Fn.base64encode(Fn.raw_string(script)))
