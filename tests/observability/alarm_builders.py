"""Constructs with alarms for tests."""

from dataclasses import replace

from constructs import Construct

from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.stack import Stack
from constructs_arq.observability.alarms import Alarms
from constructs_arq.observability.routes import AlarmRoutes, AlarmRoutesConfig
from constructs_arq.observability.subscribers import Subscribers

ROUTES = AlarmRoutesConfig(
    critical=Subscribers(emails=("on-call@example.com",), https=("https://alarms.example.com/aws",)),
    warning=Subscribers(emails=("team@example.com",)),
)

CPU = Alarm(
    name="cpu",
    runbook="cpu",
    summary="Less than a tenth of the processor is left",
    severity=Severity.CRITICAL,
    namespace="AWS/RDS",
    metric="CPUUtilization",
    dimensions={"DBInstanceIdentifier": "orders"},
    threshold=90,
    evaluations=3,
)
LATENCY = replace(CPU, name="latency", severity=Severity.WARNING, metric="ReadLatency", statistic="p99")


class Database(Construct):
    """A construct with alarms."""

    def __init__(self, scope: Construct, id: str, *alarms: Alarm) -> None:
        super().__init__(scope, id)
        self.alarms = alarms


class Service(Construct):
    """A construct with its own alarm that repeats the alarms of an inner database."""

    def __init__(self, scope: Construct, id: str, own: Alarm) -> None:
        super().__init__(scope, id)
        self.database = Database(self, "database", CPU)
        self.alarms = [*self.database.alarms, own]


def make_alarms(stack: Stack) -> Alarms:
    return Alarms(stack, "alarms", routes=AlarmRoutes(stack, "notify", config=ROUTES))
