"""The paging stack: who is called for the alerts of all environments. PagerDuty has one account for them."""

from collections.abc import Sequence
from typing import Final

from cdktf import App

from constructs_arq.core.errors import ConfigError, Problem
from constructs_arq.core.stack import Stack
from constructs_arq.observability.paging.escalation_policy import EscalationLevel, EscalationPolicy
from constructs_arq.observability.paging.on_call_schedule import OnCallSchedule
from constructs_arq.observability.paging.paged_service import PagedService
from constructs_arq.observability.paging.pager_config import PagerConfig
from constructs_arq.observability.paging.pagerduty_provider import configure_pagerduty
from constructs_arq.observability.paging.pagerduty_users import PagerDutyUsers
from environments.environment import Environment
from environments.paging_config import PagingConfig

PAGING_STACK: Final = "paging"


def paging(app: App, environments: Sequence[Environment], config: PagingConfig) -> None:
    """Build the paging stack: schedules, an escalation policy, and a service for each pager.

    Its state is in the bucket of one environment, where delivery roles can't write it. An administrator
    deploys it. Without that environment, or without a pager, there is no stack.

    Raises:
        ConfigError: if the pagers are in accounts of different service regions.
        ConstructError: if the escalation comes too late, or calls only one person at first.
    """
    pagers = {env.name: env.pager for env in environments if env.pager}
    host = next((env for env in environments if env.name == config.state_environment), None)
    if host is None or not pagers:
        return
    _require_one_region(pagers)
    own = {"protected": True, "permissions_boundary": None}
    stack = Stack(app, PAGING_STACK, config=host.stack.model_copy(update=own))
    configure_pagerduty(stack, region=next(iter(pagers.values())).service_region)
    users = PagerDutyUsers(stack, "users")
    primary = OnCallSchedule(stack, "primary", name="Primary", users=users, config=config.primary)
    secondary = OnCallSchedule(stack, "secondary", name="Secondary", users=users, config=config.secondary)
    escalation = EscalationPolicy(
        stack,
        "on-call",
        name="On call",
        users=users,
        levels=[
            EscalationLevel(minutes=config.minutes_to_secondary, schedules=[primary]),
            EscalationLevel(minutes=config.minutes_to_last, schedules=[secondary]),
            EscalationLevel(minutes=config.minutes_to_repeat, people=config.last),
        ],
        repeats=config.repeats,
    )
    for name, pager in pagers.items():
        PagedService(stack, f"service-{name}", name=name, escalation=escalation, config=pager.service)


def _require_one_region(pagers: dict[str, PagerConfig]) -> None:
    regions = {pager.service_region for pager in pagers.values()}
    if len(regions) > 1:
        problems = [
            Problem(
                f"environments/{name}.py: pager.service_region",
                "must be that of the other environments: an account of PagerDuty is in one region",
                pager.service_region,
                "Use the region of your account.",
            )
            for name, pager in pagers.items()
        ]
        raise ConfigError("paging", problems)
