"""CloudFront asks an origin inside the VPC over TLS too."""

from policies.rule import rule
from policies.stack import Block, Stack, at
from policies.verdict import Verdict, is_one_of


@rule(
    id="CKV_ARQ_29",
    severity="HIGH",
    on=("aws_cloudfront_vpc_origin",),
    why="The VPC is not a trusted wire: everything in it could read what CloudFront asks in the clear.",
    link="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html",
)
def vpc_origin_https_only(origin: Block, _: Stack) -> Verdict:
    """A VPC origin is asked over HTTPS only."""
    endpoint = origin.get("vpc_origin_endpoint_config")
    return is_one_of(at(endpoint, "origin_protocol_policy"), ["https-only"])
