"""Calls of the root user."""

from policies.log_alarms import alarms_on_log_group
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, any_passes

_PATTERN = '$.userIdentity.type = "Root"'


@rule(
    id="CKV2_ARQ_25",
    severity="HIGH",
    on=("aws_cloudtrail",),
    why="Nobody needs the root user in operation, and no policy of the account limits it.",
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-1",
)
def root_use_reported(trail: Block, stack: Stack) -> Verdict:
    """Trails must report calls of the root user: add a metric filter on its log group, and an alarm."""
    groups = stack.resolve(trail.get("cloud_watch_logs_group_arn"), "aws_cloudwatch_log_group")
    return any_passes(alarms_on_log_group(each, stack, pattern_has=_PATTERN) for each in groups)
