"""An alarm that tells nobody is a graph."""

from policies.alarms import acts
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, any_holds, decided

_READERS = ("aws_autoscaling_group", "aws_cloudwatch_composite_alarm")


@rule(
    id="CKV2_ARQ_8",
    severity="MEDIUM",
    on=("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"),
    why="An alarm without an action changes colour in a console that nobody looks at.",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
)
def alarm_acts(alarm: Block, stack: Stack) -> Verdict:
    """An alarm acts: it tells somebody, or rolls a refresh back, or feeds an alarm that does."""
    return any_holds([acts(alarm), decided(bool(stack.referrers(alarm, *_READERS)))])
