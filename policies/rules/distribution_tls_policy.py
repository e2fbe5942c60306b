"""TLS versions and ciphers of distributions."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_one_of

_ALLOWED_POLICIES = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")


@rule(
    id="CKV_ARQ_27",
    severity="HIGH",
    on=("aws_cloudfront_distribution",),
    why="Older CloudFront policies accept CBC ciphers; Checkov's own rule accepts every TLS 1.2 policy.",
    link="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html",
)
def distribution_tls_policy(distribution: Block, _: Stack) -> Verdict:
    """CloudFront distributions must require TLSv1.2_2021 or newer: set minimum_protocol_version."""
    return is_one_of(distribution.get("viewer_certificate.minimum_protocol_version"), _ALLOWED_POLICIES)
