"""Viewers speak TLS 1.2 with ciphers of 2021 or newer."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_one_of

_ALLOWED = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")


@rule(
    id="CKV_ARQ_27",
    severity="HIGH",
    on=("aws_cloudfront_distribution",),
    why="Older policies of CloudFront accept CBC ciphers; Checkov's own rule takes any that say 1.2.",
    link="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html",
)
def distribution_tls_policy(distribution: Block, _: Stack) -> Verdict:
    """A distribution's oldest TLS policy is TLSv1.2_2021 or newer."""
    return is_one_of(distribution.get("viewer_certificate.minimum_protocol_version"), _ALLOWED)
