"""A day of ordinary operations pages nobody by CloudWatch. The alarms are those of the production stack.

Recorded: the rates of requests, from the reference API under load (tests/services/load_traces). One second of
the trace is eight minutes of the day. None of its requests failed.

Composed, because nobody has the series of an account: everything else. Each event below has its source.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.environments.alarm_evaluation import next_state
from tests.observability.cloudwatch_evaluation import Series, Stack

TESTS = Path(__file__).parents[1]
STACK = Stack(json.loads((TESTS / "snapshots/production.json").read_text())["resource"])
TRACE = TESTS / "services/load_traces/recorded_api.csv"
MINUTES = 24 * 60
GIB = 1024**3
# CloudFront answers the others from its cache.
API_SHARE = 1 / 3

# Six rollouts, each for ten minutes with twice the pods. The load balancer answers 502 when a target closes a
# connection too early.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
ROLLOUTS = tuple(hour * 60 for hour in (3, 9, 11, 13, 15, 17))
# Requests that a cache node had accepted fail, and a replica is primary within seconds. The failed node
# has no data until its replacement runs.
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
CACHE_FAILURE, CACHE_FAILOVER_SECONDS, CACHE_REPLACEMENT = 14 * 60, 45, 12
# Maintenance of Multi-AZ patches the standby, then fails over. Typical are 60 to 120 seconds, and this is the
# lower end.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.Failover.html
MAINTENANCE, FAILOVER_SECONDS = 4 * 60, 60
# A replica of one zone restarts, without a standby.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Maintenance.html
REPLICA_RESTART, REPLICA_MINUTES = 4 * 60 + 20, 3


@dataclass
class Day:
    """The series of a day by metric, statistic and a part of a dimension."""

    failover_seconds: int = FAILOVER_SECONDS
    series: dict[tuple[str, str, str], Series] = field(default_factory=dict)

    def __post_init__(self) -> None:
        requests = recorded_requests()
        # Each begins in the middle of a minute.
        outages = [(CACHE_FAILURE, CACHE_FAILOVER_SECONDS), (MAINTENANCE, self.failover_seconds)]
        seconds = {minute * 60 + 30 + second for minute, length in outages for second in range(length)}
        failed = [
            len(seconds.intersection(range(start, start + 60))) / 60 for start in range(0, MINUTES * 60, 60)
        ]
        rolling = [any(start <= minute < start + 10 for start in ROLLOUTS) for minute in range(MINUTES)]
        self._edge(requests, failed, rolling)
        self._database(failed, rolling)
        self._cache(rolling)
        self._canaries(seconds)
        # None of these has data: no drill, no lost connection, and counters of errors that did not occur.
        for metric in ("Drill", "RejectedConnectionCount", "ErrorPortAllocation"):
            self._set(metric, [None] * MINUTES)
        # The control plane of EKS scales and is patched: a few requests fail.
        # https://docs.aws.amazon.com/eks/latest/userguide/disaster-recovery-resiliency.html
        self._set(
            "apiserver_request_total_5XX",
            [8.0 if minute in (200, 201, 900) else 0.0 for minute in range(MINUTES)],
        )
        # Workers don't reach the database, and the oldest message waits.
        self._set("ApproximateAgeOfOldestMessage", [5 + 300 * share for share in failed])

    def find(self, metric: dict[str, Any]) -> Series:
        """Return the series of a metric of an alarm."""
        statistic = metric.get("stat") or metric["statistic"]
        dimensions = " ".join(metric["dimensions"].values())
        (found,) = (
            values
            for (name, only, part), values in self.series.items()
            if (name, only) in ((metric["metric_name"], ""), (metric["metric_name"], statistic))
            and part in dimensions
        )
        return found

    def _edge(self, requests: Sequence[float], failed: Sequence[float], rolling: Sequence[bool]) -> None:
        # Single errors of the internet, besides those of the failovers.
        rates = [0.01 + 100 * API_SHARE * share for share in failed]
        self._set("5xxErrorRate", rates, part="distribution.site")
        self._set("Requests", [each / API_SHARE for each in requests], part="distribution.site")
        self._set("5xxErrorRate", [0.0] * MINUTES, part="distribution.hosts")
        self._set("Requests", [3.0] * MINUTES, part="distribution.hosts")
        # A request waits for five seconds before it fails.
        self._set("OriginLatency", [99.9 - 99.9 * share for share in failed], only="PR(:2000)")
        self._set("OriginLatency", list(requests), only="SampleCount")
        self._set(
            "HTTPCode_Target_5XX_Count",
            [each * share or None for each, share in zip(requests, failed, strict=True)],
        )
        self._set("HTTPCode_ELB_5XX_Count", [2.0 if each else None for each in rolling])

    def _database(self, failed: Sequence[float], rolling: Sequence[bool]) -> None:
        connections = [200.0 if each else 100.0 for each in rolling]
        main, replica = "instance.database.", "instance.database_replicas"
        for part, silent in ((main, range(MAINTENANCE, MAINTENANCE + 2)), (replica, replica_restart())):
            self._set("CPUUtilization", without([40.0] * MINUTES, silent), part=part)
            self._set("DatabaseConnections", without(connections, silent), part=part)
            self._set("FreeStorageSpace", without([80.0 * GIB] * MINUTES, silent), part=part)
        # Autovacuum begins at 200 million.
        # https://www.postgresql.org/docs/current/runtime-config-autovacuum.html
        self._set("MaximumUsedTransactionIDs", [190e6] * MINUTES)
        # In microseconds. The proxy waits for the new primary.
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html
        self._set("DatabaseConnectionsBorrowLatency", [200 + 5e6 * share for share in failed])
        for name in (
            "production-database-refused-connections",
            "production-database-reports-refused-connections",
        ):
            self._set(name, [0.0] * MINUTES)

    def _cache(self, rolling: Sequence[bool]) -> None:
        silent = range(CACHE_FAILURE, CACHE_FAILURE + CACHE_REPLACEMENT)
        for node in ("-001", "-002", "-003"):
            own = silent if node == "-001" else range(0)
            self._set("EngineCPUUtilization", without([20.0] * MINUTES, own), part=node)
            self._set(
                "CurrConnections", without([1000.0 if each else 500.0 for each in rolling], own), part=node
            )

    def _canaries(self, failing: set[int]) -> None:
        """Set the results of runs, one at the beginning of each minute. The site shows data of the API."""
        runs = [0.0 if minute * 60 in failing else 100.0 for minute in range(MINUTES)]
        for part in ("_api_", "_site_"):
            self._set("SuccessPercent", runs, part=part)

    def _set(self, metric: str, values: Series, *, part: str = "", only: str = "") -> None:
        self.series[metric, only, part] = values


def recorded_requests() -> list[float]:
    """Return the requests to the API in each minute."""
    lines = [line for line in TRACE.read_text().splitlines() if line[0].isdigit()]
    per_second = [float(line.split(",")[1]) for line in lines]
    return [60 * per_second[minute * len(per_second) // MINUTES] for minute in range(MINUTES)]


def replica_restart() -> range:
    return range(REPLICA_RESTART, REPLICA_RESTART + REPLICA_MINUTES)


def without(values: Series, minutes: range) -> Series:
    return [None if minute in minutes else value for minute, value in enumerate(values)]


def pages(day: Day) -> dict[str, list[int]]:
    """Return the critical alarms that go to ALARM, with the minutes in it."""
    found = {
        alarm["alarm_name"]: STACK.minutes_in_alarm(name, day.find) for name, alarm in STACK.critical.items()
    }
    return {name: minutes for name, minutes in found.items() if minutes}


def test_the_day_has_each_metric_of_a_page() -> None:
    day = Day()
    metrics = list(STACK.metrics_of_pages())
    assert len(metrics) > 40
    assert {len(day.find(metric)) for metric in metrics} == {MINUTES}


def test_an_ordinary_day_pages_nobody() -> None:
    assert pages(Day()) == {}


def test_a_failover_at_the_upper_end_pages() -> None:
    """Users can't use the API for two minutes. It also shows that the series reach the alarms."""
    assert pages(Day(failover_seconds=120)).keys() == {
        "production-canaries-eu-central-1-site-failing",
        "production-canaries-eu-west-1-site-failing",
        "production-database-proxy-waits",
        "production-ingress-api-errors",
    }


# The examples of AWS for three of three, and for two of three periods. The newest datapoint is the last.
@pytest.mark.parametrize(
    ("points", "needed", "states"),
    [
        ("0-X-X", 3, ("OK", "OK", "OK", "OK")),
        ("----0", 3, ("OK", "OK", "OK", "OK")),
        ("-----", 3, ("INSUFFICIENT_DATA", "kept", "ALARM", "OK")),
        ("0XX-X", 3, ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("--X--", 3, ("ALARM", "kept", "ALARM", "OK")),
        ("0-X-X", 2, ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("00X0X", 2, ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("0-X--", 2, ("OK", "OK", "ALARM", "OK")),
        ("----0", 2, ("OK", "OK", "ALARM", "OK")),
        ("---X-", 2, ("ALARM", "kept", "ALARM", "OK")),
    ],
)
def test_missing_data_counts_as_in_the_examples_of_aws(
    points: str, needed: int, states: tuple[str, ...]
) -> None:
    real = [point == "X" for point in reversed(points) if point != "-"][:3]
    treatments = ("missing", "ignore", "breaching", "notBreaching")
    found = [
        next_state("kept", real, periods=3, needed=needed, missing=treatment) for treatment in treatments
    ]
    assert tuple(found) == states
