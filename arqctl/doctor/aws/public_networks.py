"""Finds VPCs in use that lose the internet when VPC Block Public Access is turned on in their region.

The account stack turns it on in regions without a network of the environment, and it stops the traffic of all
internet gateways there at once. https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
"""

from collections.abc import Iterator

from arqctl.core.json_access import as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.check import Check

_OPTIONS = "aws_vpc_block_public_access_options"
_OFF = "off"


def _check(context: AwsContext) -> Iterator[Check]:
    regions = sorted({each.region for each in context.configuration.resources(_OPTIONS)})
    if not regions:
        return
    used = [(region, vpc) for region in regions if _is_off(context, region) for vpc in _used(context, region)]
    if used:
        found = ", ".join(f"{vpc} in {region}" for region, vpc in used)
        commands = [
            f"aws ec2 create-vpc-block-public-access-exclusion --vpc-id {vpc} "
            f"--internet-gateway-exclusion-mode allow-bidirectional --region {region}"
            for region, vpc in used
        ]
        fix = f"Delete what is in it, or exclude it: {' && '.join(commands)}"
        yield missing(PUBLIC_NETWORKS.name, f"loses the internet: {found}", fix)
    else:
        yield ok(PUBLIC_NETWORKS.name, f"none in use in {', '.join(regions)}")


def _is_off(context: AwsContext, region: str) -> bool:
    answer = context.call("ec2", "describe_vpc_block_public_access_options", region)
    mode = as_object(answer.get("VpcBlockPublicAccessOptions")).get("InternetGatewayBlockMode")
    return mode in (None, _OFF)


def _used(context: AwsContext, region: str) -> list[str]:
    """Return VPCs with an internet gateway, a network interface, and no exclusion. Default VPCs are empty."""
    gateways = context.list_all("ec2", "describe_internet_gateways", "InternetGateways", region)
    public = {
        as_text(as_object(attachment).get("VpcId"))
        for gateway in gateways
        for attachment in as_list(gateway.get("Attachments"))
    }
    if not public:
        return []
    interfaces = context.list_all("ec2", "describe_network_interfaces", "NetworkInterfaces", region)
    in_use = {as_text(each.get("VpcId")) for each in interfaces}
    return sorted((public & in_use) - _excluded(context, region)) if public & in_use else []


def _excluded(context: AwsContext, region: str) -> set[str]:
    answer = context.call("ec2", "describe_vpc_block_public_access_exclusions", region)
    found = [as_object(each) for each in as_list(answer.get("VpcBlockPublicAccessExclusions"))]
    active = [each for each in found if as_text(each.get("State")) in ("create-complete", "update-complete")]
    return {as_text(each.get("ResourceArn")).rpartition("vpc/")[2] for each in active}


PUBLIC_NETWORKS = AwsCheck(
    "public networks",
    (
        "ec2:DescribeInternetGateways",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeVpcBlockPublicAccessExclusions",
        "ec2:DescribeVpcBlockPublicAccessOptions",
    ),
    _check,
)
