"""Alarms of the AWS stack, and the people who get them."""

from collections.abc import Sequence

from constructs_arq.core.alarm import Severity
from constructs_arq.core.stack import Stack
from constructs_arq.data.postgres import Postgres
from constructs_arq.edge.distribution import Distribution
from constructs_arq.edge.region import CLOUDFRONT_REGION
from constructs_arq.observability.alarms import Alarms
from constructs_arq.observability.dashboard import Dashboard
from constructs_arq.observability.dependency_chain import DependencyLink
from constructs_arq.observability.paging.drill import Drill
from constructs_arq.observability.paging.heartbeat import Heartbeat
from constructs_arq.observability.paging.pager import Pager
from constructs_arq.observability.routes import AlarmRoutes
from constructs_arq.observability.slo.distribution_slos import DistributionSlos
from constructs_arq.observability.topic import Topic
from constructs_arq.security.key import Key
from environments.audit import critical_audit_alarms
from environments.environment import Environment


def send_alarms(
    stack: Stack,
    env: Environment,
    *,
    database: Postgres,
    site: Distribution,
    chain: Sequence[DependencyLink],
) -> Topic:
    """Create the alarms of all constructs, with their topics, PagerDuty and the dashboard. Call it last.

    The dashboard starts with the states of `chain`. Return the topic of warnings.
    """
    routes = AlarmRoutes(stack, "alarm-routes", config=env.alarms)
    tickets = routes.topic(Severity.WARNING)
    database.notify(tickets)
    pager = None
    if env.pager:
        regions = {CLOUDFRONT_REGION, *env.canaries.paging_regions} - {stack.region}
        pager = Pager(stack, "pager", dashboard="dashboard", other_regions=sorted(regions), config=env.pager)
        key = Key(stack, "paging-key", description="Encrypts schedules and heartbeats")
        Drill(stack, "drill", trigger_rule=pager.trigger_rule, key=key)
        Heartbeat(stack, "heartbeat", key=key)
    slos = DistributionSlos(stack, "slos", distribution=site, routes=routes, slos=env.slos)
    alarms = Alarms(stack, "alarms", routes=routes, on_dashboards_only=slos.replaced_alarms)
    Dashboard(stack, "dashboard", alarms=alarms, chain=chain)
    if pager:
        pager.page_for(alarms, *slos.critical_alarms, *critical_audit_alarms(env))
    return tickets
