"""Access logs of distributions."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, pass_if


@rule(
    id="CKV2_ARQ_5",
    severity="MEDIUM",
    on=("aws_cloudfront_distribution",),
    why="Without access logs, no attack can be reconstructed; Checkov knows only the legacy logging.",
    link="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html",
)
def distribution_access_logs(distribution: Block, stack: Stack) -> Verdict:
    """CloudFront distributions must deliver access logs with standard logging v2."""
    sources = stack.referrers(distribution, "aws_cloudwatch_log_delivery_source")
    return pass_if(any(stack.referrers(source, "aws_cloudwatch_log_delivery") for source in sources))
