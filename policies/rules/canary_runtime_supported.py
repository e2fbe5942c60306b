"""Runtimes of CloudWatch Synthetics."""

from policies.lifecycle import is_supported
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_expression

_FAMILY = "syn-nodejs-puppeteer-"


@rule(
    id="CKV_ARQ_50",
    severity="MEDIUM",
    on=("aws_synthetics_canary",),
    why="A canary with an ended runtime can't be changed, and its browser gets no security fixes.",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Runtime_Support_Policy.html",
)
def canary_runtime_supported(canary: Block, _: Stack) -> Verdict:
    """Canaries must run a runtime that AWS supports: upgrade runtime_version."""
    runtime = canary.get("runtime_version")
    if is_expression(runtime) or not isinstance(runtime, str):
        return Verdict.UNKNOWN
    if not runtime.startswith(_FAMILY):
        return Verdict.UNKNOWN  # lifecycle.toml has no dates of other families.
    return is_supported("canary_runtime", runtime.removeprefix(_FAMILY))
