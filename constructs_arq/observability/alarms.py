"""CloudWatch alarms of all constructs in a stack."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cdktf import TerraformElement
from constructs import Construct, ConstructOrder, IConstruct

from constructs_arq.core.alarm import Alarm, MissingData, Severity
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack, construct_path
from constructs_arq.core.validations import add_validation
from constructs_arq.core.values import slugify
from constructs_arq.observability.lost_data_alarm import LostDataAlarm
from constructs_arq.observability.metric_alarm import make_metric_alarm
from constructs_arq.observability.routes import AlarmRoutes


@dataclass(frozen=True)
class NamedAlarm:
    """The name of an alarm in CloudWatch, its region, and whether it counts events (as `Alarm`)."""

    name: str
    region: str
    counts_events: bool = False


@dataclass(frozen=True)
class CreatedAlarm:
    """A created alarm: its definition, and its name and ARN in CloudWatch as literal text."""

    alarm: Alarm
    name: str
    arn: str
    region: str


class Alarms(Construct):
    """A CloudWatch alarm for each `Alarm` of the stack's constructs, sent to the topic of its severity.

    Alarms of severity `INFO` have no action: they are only on dashboards. The construct collects the `alarms`
    attribute of all constructs in the stack (`core.protocols.HasAlarms`). Create it last: synthesis fails if
    a later construct has alarms. If a construct repeats the alarms of an inner construct, they belong to the
    inner one.

    `by_construct` has the created alarms by construct path within the stack. Alarms in `on_dashboards_only`
    become information, because another alarm notifies about the same problem.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        routes: AlarmRoutes,
        on_dashboards_only: Sequence[Alarm] = (),
    ) -> None:
        super().__init__(scope, id)
        self._on_dashboards_only = on_dashboards_only
        self._stack = Stack.of(self)
        self._routes = routes
        found = _collect_alarms(self._stack)
        self._require_different_names(found)
        self.by_construct: Mapping[str, Sequence[CreatedAlarm]] = {
            path: self._make_alarms(path, alarms) for path, alarms in sorted(found.items())
        }
        add_validation(self, self._find_missing_alarms)

    def _require_different_names(self, paths: Iterable[str]) -> None:
        by_name: dict[str, str] = {}
        for path in paths:
            other = by_name.setdefault(slugify(path), path)
            if other != path:
                raise ConstructError(
                    self.node.path,
                    f"the alarms of {other} and {path} have the same names",
                    fix="Rename one of the constructs.",
                )

    def _make_alarms(self, path: str, alarms: Sequence[Alarm]) -> Sequence[CreatedAlarm]:
        repeated = [name for name, count in Counter(alarm.name for alarm in alarms).items() if count > 1]
        if repeated:
            raise ConstructError(
                path, f"has several alarms named {', '.join(repeated)}", fix="Use different names."
            )
        scope = Construct(self, slugify(path))
        return [self._make_alarm(scope, path, self._with_severity(alarm)) for alarm in alarms]

    def _with_severity(self, alarm: Alarm) -> Alarm:
        return replace(alarm, severity=Severity.INFO) if alarm in self._on_dashboards_only else alarm

    def _make_alarm(self, scope: Construct, path: str, alarm: Alarm) -> CreatedAlarm:
        region = alarm.region or self._stack.region
        name = self._stack.physical_name(f"{slugify(path)}-{alarm.name}")
        provider = self._stack.provider_in(region)
        alarm_actions, ends = self._routes.actions(alarm.severity, region)
        ok_actions = [] if alarm.counts_events else ends
        if alarm.missing_data is MissingData.MISSING:
            LostDataAlarm(
                scope,
                alarm.name,
                alarm=alarm,
                name=name,
                provider=provider,
                alarm_actions=alarm_actions,
                ok_actions=ok_actions,
            )
        else:
            created = make_metric_alarm(scope, alarm.name, alarm=alarm, name=name, provider=provider)
            if alarm_actions:
                created.alarm_actions = alarm_actions
            if ok_actions:
                created.ok_actions = ok_actions
        return CreatedAlarm(
            alarm, name, self._stack.arn("cloudwatch", f"alarm:{name}", region=region), region
        )

    def _find_missing_alarms(self) -> list[str]:
        problems = []
        for path, alarms in _collect_alarms(self._stack).items():
            created = [entry.alarm for entry in self.by_construct.get(path, ())]
            missing = [alarm.name for alarm in alarms if self._with_severity(alarm) not in created]
            if missing:
                problems.append(
                    f"alarms of {path} are missing: {', '.join(missing)}. Create Alarms after all constructs "
                    "with alarms."
                )
        return problems


def _collect_alarms(root: IConstruct) -> dict[str, list[Alarm]]:
    """Return the alarms of all constructs in `root` by path. Each belongs to its innermost construct."""
    found: dict[str, list[Alarm]] = {}
    for construct in root.node.find_all(ConstructOrder.POSTORDER):
        # A few AWS resources have an attribute of that name with another type.
        if isinstance(construct, TerraformElement) or not hasattr(construct, "alarms"):
            continue
        alarms = construct.alarms
        if not isinstance(alarms, list | tuple) or not all(isinstance(alarm, Alarm) for alarm in alarms):
            raise ConstructError(
                construct.node.path,
                "the attribute alarms must be a list or tuple of Alarm values",
                fix="Use core.alarm.Alarm values, or rename the attribute.",
            )
        path = construct_path(construct).partition("/")[2]
        inner = [alarm for below in found if below.startswith(f"{path}/") for alarm in found[below]]
        own = [alarm for alarm in alarms if alarm not in inner]
        if own:
            found[path] = own
    return found
