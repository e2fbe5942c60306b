"""Actions of alarms."""

from policies.alarms import has_enabled_action
from policies.rule import rule
from policies.stack import Block, Stack, at, references
from policies.verdict import Verdict, any_passes, pass_if

_ALARM_CONSUMERS = ("aws_autoscaling_group", "aws_cloudwatch_composite_alarm")
# `arqctl deploy` sends the request in such an output to StartInstanceRefresh.
_REFRESH_ALARMS = "value.request.Preferences.AlarmSpecification.Alarms"


@rule(
    id="CKV2_ARQ_8",
    severity="MEDIUM",
    on=("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"),
    why="Nobody sees an alarm that has no action.",
    link="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
)
def alarm_has_action(alarm: Block, stack: Stack) -> Verdict:
    """Alarms must notify, roll back an instance refresh, or feed a composite alarm: set alarm_actions."""
    is_consumed = (
        bool(stack.referrers(alarm, *_ALARM_CONSUMERS))
        or _rolls_back(alarm, stack)
        or _is_information(alarm, stack)
    )
    return any_passes([has_enabled_action(alarm), pass_if(is_consumed)])


def _is_information(alarm: Block, stack: Stack) -> bool:
    """Return whether an alarm is marked as information, and a dashboard shows it."""
    name = f':alarm:{alarm.get("alarm_name")}"'
    bodies = [str(each.get("dashboard_body")) for each in stack.of_type("aws_cloudwatch_dashboard")]
    return alarm.get("tags.severity") == "info" and any(name in body for body in bodies)


def _rolls_back(alarm: Block, stack: Stack) -> bool:
    alarms = (at(output, _REFRESH_ALARMS) for output in stack.outputs.values())
    return any(alarm.address in references(each) for each in alarms)
