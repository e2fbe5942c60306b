"""The alarms of everything in a stack: found, not listed, so that none can be forgotten."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cdktf import TerraformElement
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct, ConstructOrder, IConstruct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack, construct_path
from constructs_arq.core.validations import add_validation
from constructs_arq.core.values import slugify
from constructs_arq.observability.routes import AlarmRoutes

# Anything else is a percentile or the like, which CloudWatch takes in another argument.
_STATISTICS: Final = frozenset({"Average", "Maximum", "Minimum", "SampleCount", "Sum"})


@dataclass(frozen=True)
class WatchedAlarm:
    """An alarm that was made: the value, its name in CloudWatch, and its ARN as literal text."""

    alarm: Alarm
    name: str
    arn: str
    region: str


class Alarms(Construct):
    """A CloudWatch alarm for each `Alarm` that a construct of the stack hands out, to its severity's topic.

    Constructs are found by walking the stack for an `alarms` attribute (`core.contracts.Observable`). Build
    this last: synthesis fails when a construct that came later hands out alarms. Where a construct hands on
    the alarms of one inside it, they belong to the inner one.

    `watched` has what was made, by the construct's path within the stack.
    """

    def __init__(self, scope: Construct, id: str, *, routes: AlarmRoutes) -> None:
        super().__init__(scope, id)
        self._stack = Stack.of(self)
        self._routes = routes
        found = _handed_out(self._stack)
        self._require_different_names(found)
        self.watched: Mapping[str, Sequence[WatchedAlarm]] = {
            path: self._watch(path, alarms) for path, alarms in sorted(found.items())
        }
        add_validation(self, self._find_unwatched)

    def _require_different_names(self, paths: Iterable[str]) -> None:
        by_name: dict[str, str] = {}
        for path in paths:
            other = by_name.setdefault(slugify(path), path)
            if other != path:
                raise ConstructError(
                    self.node.path,
                    f"alarms of {other} and of {path} would have the same names",
                    fix="Rename one of them.",
                )

    def _watch(self, path: str, alarms: Sequence[Alarm]) -> Sequence[WatchedAlarm]:
        repeated = [name for name, count in Counter(alarm.name for alarm in alarms).items() if count > 1]
        if repeated:
            raise ConstructError(
                path, f"hands out several alarms named {', '.join(repeated)}", fix="Give each its own name."
            )
        scope = Construct(self, slugify(path))
        return [self._make(scope, path, alarm) for alarm in alarms]

    def _make(self, scope: Construct, path: str, alarm: Alarm) -> WatchedAlarm:
        region = alarm.region or self._stack.region
        name = self._stack.physical_name(f"{slugify(path)}-{alarm.name}")
        topic = self._routes.topic(alarm.severity, region)
        is_statistic = alarm.statistic in _STATISTICS
        CloudwatchMetricAlarm(
            scope,
            alarm.name,
            alarm_name=name,
            alarm_description=alarm.summary,
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions=dict(alarm.dimensions),
            statistic=alarm.statistic if is_statistic else None,
            extended_statistic=None if is_statistic else alarm.statistic,
            unit=alarm.unit or None,
            comparison_operator=alarm.comparison,
            threshold=alarm.threshold,
            period=alarm.period_seconds,
            evaluation_periods=alarm.evaluations,
            datapoints_to_alarm=alarm.evaluations,
            treat_missing_data=alarm.missing_data,
            alarm_actions=[topic.arn],
            ok_actions=[topic.arn],
            provider=self._stack.provider_in(region),
        )
        return WatchedAlarm(
            alarm, name, self._stack.arn("cloudwatch", f"alarm:{name}", region=region), region
        )

    def _find_unwatched(self) -> list[str]:
        problems = []
        for path, alarms in _handed_out(self._stack).items():
            made = [watched.alarm for watched in self.watched.get(path, ())]
            missed = [alarm.name for alarm in alarms if alarm not in made]
            if missed:
                problems.append(
                    f"alarms of {path} would not exist: {', '.join(missed)}. Build Alarms after everything "
                    "that it should watch."
                )
        return problems


def _handed_out(root: IConstruct) -> dict[str, list[Alarm]]:
    """The alarms handed out below `root`, by path within it; what an inner construct has is left to it."""
    found: dict[str, list[Alarm]] = {}
    for construct in root.node.find_all(ConstructOrder.POSTORDER):
        # A few of AWS's own resources have an attribute of that name, of another kind.
        if isinstance(construct, TerraformElement) or not hasattr(construct, "alarms"):
            continue
        handed = construct.alarms
        if not isinstance(handed, list | tuple) or not all(isinstance(alarm, Alarm) for alarm in handed):
            raise ConstructError(
                construct.node.path,
                "its attribute alarms is not a list or tuple of Alarm values",
                fix="Hand out core.alarm.Alarm values, or give the attribute another name.",
            )
        path = construct_path(construct).partition("/")[2]
        inner = [alarm for below in found if below.startswith(f"{path}/") for alarm in found[below]]
        own = [alarm for alarm in handed if alarm not in inner]
        if own:
            found[path] = own
    return found
