"""An alarm that also notifies when the data of its metric stops, with one message for one problem."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_composite_alarm import CloudwatchCompositeAlarm
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Comparison, MissingData
from constructs_arq.observability.metric_alarm import describe_alarm, make_metric_alarm, severity_tags

_BELOW_ALL_VALUES: Final = -1_000_000_000_000


class LostDataAlarm(Construct):
    """A composite alarm of two metric alarms: the metric breaches, or it had data and has none.

    A metric alarm alone sends a second message if the data stops during a problem, because CloudWatch acts
    on each change of its state. `has-data` is in ALARM state from about five minutes after the first data: it
    breaches with each value, and keeps its state without data. So the composite alarm is quiet before that.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        alarm: Alarm,
        name: str,
        provider: TerraformProvider | None,
        alarm_actions: Sequence[str],
        ok_actions: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        state = make_metric_alarm(self, "state", alarm=alarm, name=f"{name}-state", provider=provider)
        has_data = make_metric_alarm(
            self, "has-data", alarm=_on_any_value(alarm), name=f"{name}-has-data", provider=provider
        )
        no_data = f'INSUFFICIENT_DATA("{state.alarm_name}") AND ALARM("{has_data.alarm_name}")'
        CloudwatchCompositeAlarm(
            self,
            "Default",
            alarm_name=name,
            alarm_description=describe_alarm(self, alarm.summary, runbook=alarm.runbook),
            alarm_rule=f'ALARM("{state.alarm_name}") OR ({no_data})',
            alarm_actions=list(alarm_actions) or None,
            ok_actions=list(ok_actions) or None,
            tags=severity_tags(alarm.severity),
            provider=provider,
        )


def _on_any_value(alarm: Alarm) -> Alarm:
    """Return an alarm that breaches with each value. Conditions would be values before the first data."""
    return replace(
        alarm,
        summary=f"In ALARM state since {alarm.metric} has data. It notifies nobody",
        threshold=_BELOW_ALL_VALUES,
        comparison=Comparison.ABOVE,
        missing_data=MissingData.IGNORE,
        conditions=(),
    )
