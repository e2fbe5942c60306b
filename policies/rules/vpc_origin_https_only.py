"""HTTPS between distributions and VPC origins."""

from policies.rule import rule
from policies.stack import Block, Stack, at
from policies.verdict import Verdict, is_one_of


@rule(
    id="CKV_ARQ_29",
    severity="HIGH",
    on=("aws_cloudfront_vpc_origin",),
    why="Other resources in the VPC could read requests that CloudFront sends in plain text.",
    link="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html",
)
def vpc_origin_https_only(origin: Block, _: Stack) -> Verdict:
    """CloudFront VPC origins must use HTTPS only: set origin_protocol_policy to https-only."""
    endpoint = origin.get("vpc_origin_endpoint_config")
    return is_one_of(at(endpoint, "origin_protocol_policy"), ["https-only"])
