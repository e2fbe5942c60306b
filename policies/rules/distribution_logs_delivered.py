"""Who asked for what at the edge is written down."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, decided


@rule(
    id="CKV2_ARQ_5",
    severity="MEDIUM",
    on=("aws_cloudfront_distribution",),
    why="Without access logs no attack can be reconstructed; Checkov knows only the older logging.",
    link="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html",
)
def distribution_logs_delivered(distribution: Block, stack: Stack) -> Verdict:
    """A distribution's access logs are delivered by standard logging v2."""
    sources = stack.referrers(distribution, "aws_cloudwatch_log_delivery_source")
    return decided(any(stack.referrers(source, "aws_cloudwatch_log_delivery") for source in sources))
