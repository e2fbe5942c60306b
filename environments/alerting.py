"""Alarms of the AWS stack, and the people who get them."""

from constructs_arq.core.alarm import Severity
from constructs_arq.core.stack import Stack
from constructs_arq.data.postgres import Postgres
from constructs_arq.edge.region import CLOUDFRONT_REGION
from constructs_arq.observability.alarms import Alarms
from constructs_arq.observability.dashboard import Dashboard
from constructs_arq.observability.paging.pager import Pager
from constructs_arq.observability.routes import AlarmRoutes
from environments.environment import Environment


def send_alarms(stack: Stack, env: Environment, database: Postgres) -> None:
    """Create the alarms of all constructs, with their topics, PagerDuty and the dashboard. Call it last."""
    routes = AlarmRoutes(stack, "alarm-routes", config=env.alarms)
    database.notify(routes.topic(Severity.WARNING))
    pager = None
    if env.pager:
        pager = Pager(
            stack, "pager", dashboard="dashboard", other_regions=(CLOUDFRONT_REGION,), config=env.pager
        )
    alarms = Alarms(stack, "alarms", routes=routes)
    Dashboard(stack, "dashboard", alarms=alarms)
    if pager:
        pager.page_for(alarms)
