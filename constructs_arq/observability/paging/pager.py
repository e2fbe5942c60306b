"""Calls to the engineer on call for critical alarms of CloudWatch."""

from collections.abc import Iterator, Sequence
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
    state_pattern,
    trigger_transformer,
)
from constructs_arq.observability.paging.event_route import EventRoute
from constructs_arq.observability.paging.pager_config import PagerConfig
from constructs_arq.observability.paging.pager_connection import make_destination
from constructs_arq.security.role import Role, Trust

_TRIGGER: Final = "trigger"
_RESOLVE: Final = "resolve"
_FORWARD: Final = "forward"


class Pager(Construct):
    """PagerDuty for the critical alarms of a stack, by EventBridge.

    A problem opens one incident, and its end closes it: the ARN of the alarm is the key of both. A person
    closes that of an alarm which counts events: a threat does not end with its minute. EventBridge
    in each of `other_regions` forwards its events to the stack's region, so there is one connection with one
    key. Create the pager before `Alarms`, because it has alarms itself, and call `page_for` after it.

    The key is in no configuration and no state: an administrator puts it with `arqctl paging set-key`.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
    """

    def __init__(
        self, scope: Construct, id: str, *, dashboard: str, other_regions: Sequence[str], config: PagerConfig
    ) -> None:
        """Create the connection and the rules. `dashboard` is the id of the `Dashboard` in the stack."""
        super().__init__(scope, id)
        stack = Stack.of(self)
        name = stack.physical_name(logical_name(self))
        self._is_connected = False
        self.trigger_rule: str = f"{name}-{_TRIGGER}"
        destination = make_destination(self, name=name, endpoint=config.endpoint)
        role = self._make_role(destination.arn, stack.arn("events", "event-bus/default"))
        home = EventRoute(
            self, stack.region, name=name, region=stack.region, target=destination.arn, role=role
        )
        links = [Link("Dashboard", dashboard_url(stack, dashboard))]
        if stack.config.runbooks_url:
            links.append(Link("Runbooks", stack.config.runbooks_url))
        home.add_rule(_TRIGGER, transformer=trigger_transformer(stack.environment, links))
        home.add_rule(_RESOLVE, transformer=resolve_transformer())
        home.close()
        self._home = home
        self._others = {region: self._make_forward(region, name, role) for region in other_regions}
        add_validation(self, self._find_missing_alarms)

    def page_for(self, alarms: Alarms, *others: NamedAlarm) -> None:
        """Page for all critical alarms, and for `others`, which `Alarms` did not create.

        Raises:
            ConstructError: if an alarm is in a region that is not in `other_regions`, or one has none; if all
                alarms count events, so that none ends.
        """
        paged = [*_critical(alarms), *others]
        by_region: dict[str, list[str]] = {Stack.of(self).region: [], **{each: [] for each in self._others}}
        for each in paged:
            by_region.setdefault(each.region, []).append(each.name)
        self._require_known_regions(by_region)
        states = [each.name for each in paged if not each.counts_events]
        if not states:
            raise ConstructError(
                self.node.path,
                "pages only for alarms that count events, and an empty pattern is invalid",
                fix="Give page_for an alarm whose problem ends by itself.",
            )
        self._home.select(_TRIGGER, problem_pattern([each.name for each in paged]))
        self._home.select(_RESOLVE, end_pattern(states))
        for region, route in self._others.items():
            route.select(_FORWARD, state_pattern(by_region[region]))
        self._is_connected = True

    def _require_known_regions(self, by_region: dict[str, list[str]]) -> None:
        unknown = sorted(by_region.keys() - {Stack.of(self).region, *self._others})
        empty = sorted(region for region, names in by_region.items() if not names)
        if unknown or empty:
            raise ConstructError(
                self.node.path,
                f"has no rule for critical alarms in {', '.join(unknown)}"
                if unknown
                else f"has no critical alarm in {', '.join(empty)}, and an empty pattern is invalid",
                fix="Set other_regions to the other regions that have critical alarms.",
            )

    def _make_role(self, destination_arn: str, bus_arn: str) -> Role:
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
        role.allow("events:InvokeApiDestination", on=destination_arn, policy_name="call-pagerduty")
        role.allow("events:PutEvents", on=bus_arn, policy_name="forward-events")
        return role

    def _make_forward(self, region: str, name: str, role: Role) -> EventRoute:
        stack = Stack.of(self)
        route = EventRoute(
            self,
            region,
            name=f"{name}-{region}",
            region=region,
            target=stack.arn("events", "event-bus/default"),
            role=role,
        )
        route.add_rule(_FORWARD)
        route.close()
        return route

    def _find_missing_alarms(self) -> list[str]:
        if self._is_connected:
            return []
        return [f"{self.node.path} pages for no alarm. Call page_for(alarms) after the creation of Alarms."]


def _critical(alarms: Alarms) -> Iterator[NamedAlarm]:
    for created in (each for several in alarms.by_construct.values() for each in several):
        if created.alarm.severity is Severity.CRITICAL:
            yield NamedAlarm(created.name, created.region, created.alarm.counts_events)
