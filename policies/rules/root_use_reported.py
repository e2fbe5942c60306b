"""Calls of the root user."""

from policies.filter_patterns import Condition, read_alternatives
from policies.log_alarms import alarms_on_log_group
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, any_passes

# The pattern of CIS. One condition more would leave calls out, and one less would count services.
_ROOT_CALLS = frozenset(
    {
        Condition("$.userIdentity.type", "=", "Root"),
        Condition("$.userIdentity.invokedBy", "NOT EXISTS"),
        Condition("$.eventType", "!=", "AwsServiceEvent"),
    }
)


@rule(
    id="CKV2_ARQ_25",
    severity="HIGH",
    on=("aws_cloudtrail",),
    why="Nobody needs the root user in operation, and no policy of the account limits it.",
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-1",
)
def root_use_reported(trail: Block, stack: Stack) -> Verdict:
    """Trails must report calls of the root user: add a metric filter on its log group, and an alarm.

    The filter has the pattern of CIS: userIdentity.type is Root, no invokedBy, no AwsServiceEvent.
    """
    groups = stack.resolve(trail.get("cloud_watch_logs_group_arn"), "aws_cloudwatch_log_group")
    return any_passes(alarms_on_log_group(each, stack, selects=_selects_root_calls) for each in groups)


def _selects_root_calls(pattern: str) -> bool:
    return _ROOT_CALLS in read_alternatives(pattern)
