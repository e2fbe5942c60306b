"""No plain HTTP, neither from the viewer nor to the origin."""

from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_hold, decided, is_one_of

_VIEWER = ("https-only", "redirect-to-https")


@rule(
    id="CKV_ARQ_28",
    severity="HIGH",
    on=("aws_cloudfront_distribution",),
    why="One behaviour that allows HTTP, or one origin asked over it, sends cookies in the clear.",
    link="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https.html",
)
def distribution_https_only(distribution: Block, _: Stack) -> Verdict:
    """A distribution speaks HTTPS only, to viewers and to origins."""
    behaviours = [
        *distribution.blocks("default_cache_behavior"),
        *distribution.blocks("ordered_cache_behavior"),
    ]
    if not behaviours:
        return Verdict.FAIL
    viewers = [is_one_of(at(each, "viewer_protocol_policy"), _VIEWER) for each in behaviours]
    return all_hold([*viewers, *(_is_https(origin) for origin in distribution.blocks("origin"))])


def _is_https(origin: Json) -> Verdict:
    custom = at(origin, "custom_origin_config")
    if not custom:
        # S3 and VPC origins have no such block: CloudFront signs the one, the other has its own resource.
        return Verdict.PASS
    return all_hold(
        [
            is_one_of(at(custom, "origin_protocol_policy"), ["https-only"]),
            decided(as_list(at(custom, "origin_ssl_protocols")) == ["TLSv1.2"]),
        ]
    )
