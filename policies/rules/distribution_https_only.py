"""HTTPS between viewers, distributions and origins."""

from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, is_one_of, pass_if

_VIEWER_PROTOCOLS = ("https-only", "redirect-to-https")


@rule(
    id="CKV_ARQ_28",
    severity="HIGH",
    on=("aws_cloudfront_distribution",),
    why="One behavior or origin that allows HTTP sends cookies in plain text.",
    link="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https.html",
)
def distribution_https_only(distribution: Block, _: Stack) -> Verdict:
    """CloudFront must use HTTPS only: set viewer_protocol_policy, origin_protocol_policy and TLSv1.2."""
    behaviors = [
        *distribution.blocks("default_cache_behavior"),
        *distribution.blocks("ordered_cache_behavior"),
    ]
    if not behaviors:
        return Verdict.FAIL
    viewers = [is_one_of(at(each, "viewer_protocol_policy"), _VIEWER_PROTOCOLS) for each in behaviors]
    return all_pass([*viewers, *(_is_https(origin) for origin in distribution.blocks("origin"))])


def _is_https(origin: Json) -> Verdict:
    custom = at(origin, "custom_origin_config")
    if not custom:
        # S3 and VPC origins don't have this block. VPC origins have a resource and a rule of their own.
        return Verdict.PASS
    return all_pass(
        [
            is_one_of(at(custom, "origin_protocol_policy"), ["https-only"]),
            pass_if(as_list(at(custom, "origin_ssl_protocols")) == ["TLSv1.2"]),
        ]
    )
