"""What each instance of a fleet is launched as."""

from cdktf import Fn, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.data_aws_ssm_parameter import DataAwsSsmParameter
from cdktf_cdktf_provider_aws.launch_template import LaunchTemplate as AwsLaunchTemplate
from cdktf_cdktf_provider_aws.launch_template import (
    LaunchTemplateIamInstanceProfile,
    LaunchTemplateMonitoring,
    LaunchTemplateNetworkInterfaces,
)
from constructs import Construct

from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.core.contracts import EncryptionKey
from constructs_arq.core.instance_launch import (
    ROOT_DEVICE,
    encrypted_volume,
    metadata_options,
    tag_specifications,
)
from constructs_arq.core.instance_types import architecture
from constructs_arq.core.stack import Stack

# What `Fn.raw_string` leaves as it is, and Terraform would not; the backslash first, as the others bring one.
_ESCAPES = {"\\": "\\\\", "\r": "\\r", "%{": "%%{"}


class LaunchTemplate(Construct):
    """A launch template: IMDSv2 only, an encrypted gp3 root volume, no public address, tags on everything.

    The image's id is read from AWS's public SSM parameter when Terraform plans, so a new image is a change
    that is seen, rolled out, and rolled back when it fails. The parameter itself can't stand in the template:
    EC2 Auto Scaling rolls back to image ids only.
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
            image_id=config.ami_id or self._newest_image(config),
            instance_type=config.instance_types[0],
            user_data=encoded(config.user_data),
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
        # A number, never $Latest: an instance refresh can only be rolled back to a number.
        self.version: str = Token.as_string(template.latest_version)

    def _newest_image(self, config: FleetConfig) -> str:
        processor = architecture(config.instance_types[0])
        parameter = DataAwsSsmParameter(
            self,
            "image",
            name=f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{processor}",
        )
        return str(parameter.insecure_value)


def encoded(script: str | None) -> str | None:
    """The script in base64, encoded by Terraform so that reviewers and scanners can read it."""
    if script is None:
        return None
    for character, escaped in _ESCAPES.items():
        script = script.replace(character, escaped)
    return str(Fn.base64encode(Fn.raw_string(script)))
