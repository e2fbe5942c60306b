"""An alarm that tells nobody is a graph."""

from policies.alarms import acts
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict


@rule(
    id="CKV_ARQ_19",
    severity="MEDIUM",
    on=("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"),
    why="An alarm without an action changes colour in a console that nobody looks at.",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
)
def alarm_acts(alarm: Block, _: Stack) -> Verdict:
    """An alarm has an action, and its actions are on."""
    return acts(alarm)
