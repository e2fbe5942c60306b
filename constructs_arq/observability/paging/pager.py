"""Calls to the engineer on call for critical alarms of CloudWatch."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from constructs import Construct

from constructs_arq.core.alarm import Severity
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.core.validations import add_validation
from constructs_arq.observability.alarms import Alarms, NamedAlarm
from constructs_arq.observability.dashboard import dashboard_url
from constructs_arq.observability.paging.alarm_events import (
    Link,
    end_pattern,
    problem_pattern,
    resolve_transformer,
    trigger_transformer,
)
from constructs_arq.observability.paging.event_route import EventRoute
from constructs_arq.observability.paging.pager_config import PagerConfig
from constructs_arq.observability.paging.pager_connection import make_destination
from constructs_arq.security.role import Role, Trust

_TRIGGER: Final = "trigger"
_RESOLVE: Final = "resolve"


class Pager(Construct):
    """PagerDuty for the critical alarms of a stack, by EventBridge.

    A problem opens one incident, and its end closes it: the ARN of the alarm is the key of both. A person
    closes that of an alarm which counts events: a threat does not end with its minute. The stack's region
    and each of `other_regions` have their own connection, so the loss of one does not silence the others.
    Create the pager before `Alarms`, because it has alarms itself, and call `page_for` after it.

    The key is in no configuration and no state: an administrator puts it with `arqctl paging set-key`.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dashboard: str | None,
        other_regions: Sequence[str],
        config: PagerConfig,
    ) -> None:
        """Create connections and rules. `dashboard` is the id of the stack's `Dashboard`, if it has one."""
        super().__init__(scope, id)
        stack = Stack.of(self)
        name = stack.physical_name(logical_name(self))
        self._is_connected = False
        self.trigger_rule: str = f"{name}-{_TRIGGER}"
        links = [Link("Dashboard", dashboard_url(stack, dashboard))] if dashboard else []
        if stack.config.runbooks_url:
            links.append(Link("Runbooks", stack.config.runbooks_url))
        names = {stack.region: name, **{each: f"{name}-{each}" for each in other_regions}}
        destinations = {
            region: make_destination(
                # The connection of the stack's own region is a child of the pager itself.
                self if region == stack.region else Construct(self, f"pagerduty-{region}"),
                name=each,
                region=region,
                endpoint=config.endpoint,
            )
            for region, each in names.items()
        }
        role = self._make_role([each.arn for each in destinations.values()])
        self._routes: dict[str, EventRoute] = {}
        for region, destination in destinations.items():
            route = EventRoute(
                self, region, name=names[region], region=region, target=destination.arn, role=role
            )
            route.add_rule(_TRIGGER, transformer=trigger_transformer(stack.environment, links))
            route.add_rule(_RESOLVE, transformer=resolve_transformer())
            route.close()
            self._routes[region] = route
        add_validation(self, self._find_missing_alarms)

    def page_for(self, alarms: Alarms, *others: NamedAlarm) -> None:
        """Page for all critical alarms, and for `others`, which `Alarms` did not create.

        Raises:
            ConstructError: if an alarm is in a region that is not in `other_regions`, or one has none; if all
                alarms of a region count events, so that none ends.
        """
        by_region: dict[str, list[NamedAlarm]] = {each: [] for each in self._routes}
        for each in (*_critical(alarms), *others):
            by_region.setdefault(each.region, []).append(each)
        self._require_known_regions(by_region)
        for region, route in self._routes.items():
            states = [each.name for each in by_region[region] if not each.counts_events]
            if not states:
                raise ConstructError(
                    self.node.path,
                    f"pages in {region} only for alarms that count events, and an empty pattern is invalid",
                    fix="Give page_for an alarm whose problem ends by itself.",
                )
            route.select(_TRIGGER, problem_pattern([each.name for each in by_region[region]]))
            route.select(_RESOLVE, end_pattern(states))
        self._is_connected = True

    def _require_known_regions(self, by_region: Mapping[str, Sequence[NamedAlarm]]) -> None:
        unknown = sorted(by_region.keys() - self._routes.keys())
        empty = sorted(region for region, names in by_region.items() if not names)
        if unknown or empty:
            raise ConstructError(
                self.node.path,
                f"has no rule for critical alarms in {', '.join(unknown)}"
                if unknown
                else f"has no critical alarm in {', '.join(empty)}, and an empty pattern is invalid",
                fix="Set other_regions to the other regions that have critical alarms.",
            )

    def _make_role(self, destination_arns: Sequence[str]) -> Role:
        stack = Stack.of(self)
        role = Role(
            self,
            "role",
            description=f"EventBridge sends alarms of {stack.environment} to PagerDuty",
            trust=Trust.service(
                "events.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": stack.account_id}},
            ),
        )
        role.allow("events:InvokeApiDestination", on=destination_arns, policy_name="call-pagerduty")
        return role

    def _find_missing_alarms(self) -> list[str]:
        if self._is_connected:
            return []
        return [f"{self.node.path} pages for no alarm. Call page_for(alarms) after the creation of Alarms."]


def _critical(alarms: Alarms) -> Iterator[NamedAlarm]:
    for created in (each for several in alarms.by_construct.values() for each in several):
        if created.alarm.severity is Severity.CRITICAL:
            yield NamedAlarm(created.name, created.region, created.alarm.counts_events)
