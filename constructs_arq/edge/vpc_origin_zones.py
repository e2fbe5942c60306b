"""Regions and zones in which CloudFront supports VPC origins."""

from collections.abc import Sequence

from constructs_arq.core.errors import ConstructError

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html#vpc-origins-supported-regions
_REGIONS = frozenset(
    {
        "af-south-1",
        "ap-east-1",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ca-central-1",
        "ca-west-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    }
)
# Zones of these regions without VPC origins, from the same table. Deployments confirm it:
# https://github.com/aws-samples/amazon-bedrock-samples/issues/606
# https://github.com/braintrustdata/terraform-aws-braintrust-data-plane/pull/298
_EXCLUDED_ZONES = frozenset({"apne1-az3", "apne2-az1", "cac1-az3", "use1-az3", "usw1-az2"})


def require_supported(path: str, region: str, zones: Sequence[str]) -> None:
    """Raise ConstructError unless a load balancer in these zones can be a VPC origin."""
    if region not in _REGIONS:
        raise ConstructError(
            path,
            f"CloudFront has no VPC origins in {region}",
            fix="Use a supported region, or add a new one to constructs_arq/edge/vpc_origin_zones.py.",
        )
    excluded = sorted(_EXCLUDED_ZONES.intersection(zones))
    if excluded:
        raise ConstructError(
            path,
            f"CloudFront has no VPC origins in the zone {', '.join(excluded)} of the load balancer",
            fix="Use another zone for the network, or a load balancer with subnets in the other zones only.",
        )
