"""Filters of PostgreSQL's log, on the lines of a real server with the line prefix of RDS."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import psycopg
import pytest

from constructs_arq.core.alarm import Severity
from constructs_arq.core.stack import Stack
from constructs_arq.data.instance_logs import InstanceLogs
from constructs_arq.data.log_metrics import FILTERS, LogMetrics
from constructs_arq.data.postgres_alarms import InstanceName
from constructs_arq.security.key import Key
from tests.arqctl.database.postgres_server import Server, programs_folder, running_server
from tests.support import Synthesized, synthesize

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.Query_Logging.html
RDS_PREFIX = "%t:%r:%u@%d:[%p]:"
# Parts of lines, and the filter that counts the line.
EXPECTED = {
    "password authentication failed for user": None,
    'role "nobody" does not exist': None,
    'database "nothing" does not exist': None,
    "terminating connection due to administrator command": None,
    'invalid value for parameter "work_mem"': "fatal-errors",
    'too many connections for role "few"': "refused-connections",
    "remaining connection slots are reserved": "refused-connections",
    "sorry, too many clients already": "refused-connections",
    "syntax error": "errors",
    'relation "nothing" does not exist': "errors",
    "division by zero": "errors",
    "duplicate key value violates unique constraint": None,
    "canceling statement due to statement timeout": None,
    "could not serialize access": None,
}


def counts(pattern: str, line: str) -> bool:
    """Return whether a pattern of terms matches, as CloudWatch Logs documents it.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
    """
    terms = re.findall(r'([?-]?)"([^"]*)"', pattern)
    optional = [text for sign, text in terms if sign == "?"]
    return (
        all(text in line for sign, text in terms if not sign)
        and not any(text in line for sign, text in terms if sign == "-")
        and (not optional or any(text in line for text in optional))
    )


@pytest.fixture(scope="module")
def lines() -> Iterator[list[str]]:
    folder = programs_folder()
    if folder is None:
        pytest.skip("no PostgreSQL")
    with running_server(folder) as server:
        admin = server.connect("rdsadmin", "postgres")
        admin.execute(f"ALTER SYSTEM SET log_line_prefix = '{RDS_PREFIX}'".encode())
        admin.execute("SELECT pg_reload_conf()")
        admin.execute("CREATE TABLE orders (id integer PRIMARY KEY)")
        admin.execute("CREATE ROLE few LOGIN CONNECTION LIMIT 0")
        _fail_logins(server)
        _fail_statements(server)
        _exhaust_connections(server)
        admin.close()
        yield (server.folder / "log").read_text().splitlines()


def _connect(server: Server, **arguments: str) -> None:
    given = {"host": str(server.folder), "dbname": "postgres", "user": "dba", **arguments}
    with suppress(psycopg.OperationalError):
        psycopg.connect(port=server.port, **given)  # type: ignore[arg-type]  # text only


def _fail_logins(server: Server) -> None:
    _connect(server, host="127.0.0.1", password="wrong", sslmode="require")  # noqa: S106 - no secret
    _connect(server, user="nobody")
    _connect(server, dbname="nothing")
    _connect(server, options="-c work_mem=none")
    _connect(server, user="few")


def _fail_statements(server: Server) -> None:
    with server.connect("rdsadmin", "postgres") as session:
        for statement in (
            b"SELEC 1",
            b"SELECT * FROM nothing",
            b"SELECT 1 / 0",
            b"INSERT INTO orders VALUES (1), (1)",
            b"SET statement_timeout = 10; SELECT pg_sleep(1)",
        ):
            with suppress(psycopg.Error):
                session.execute(statement)
    with server.connect("rdsadmin", "postgres") as one, server.connect("rdsadmin", "postgres") as other:
        one.execute("INSERT INTO orders VALUES (7)")
        one.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        one.execute("SELECT * FROM orders")
        other.execute("UPDATE orders SET id = 8 WHERE id = 7")
        with suppress(psycopg.errors.SerializationFailure):
            one.execute("UPDATE orders SET id = 9 WHERE id = 7")
        one.execute("ROLLBACK")
    with server.connect("rdsadmin", "postgres") as session, server.connect("rdsadmin", "postgres") as killer:
        killer.execute("SELECT pg_terminate_backend(%s, 5000)", [session.info.backend_pid])
        with suppress(psycopg.OperationalError):
            session.execute("SELECT 1")


def _exhaust_connections(server: Server) -> None:
    with ExitStack() as stack:
        for user in ("dba", "rdsadmin"):
            with suppress(psycopg.OperationalError):
                while True:
                    stack.enter_context(server.connect(user, "postgres"))


@pytest.mark.parametrize("text", EXPECTED)
def test_each_line_is_counted_once_or_not_at_all(text: str, lines: list[str]) -> None:
    found = [line for line in lines if text in line and re.search(r"\]:(FATAL|ERROR):", line)]
    assert found, text
    expected = [EXPECTED[text]] if EXPECTED[text] else []
    for line in found:
        assert [each.id for each in FILTERS if counts(each.pattern, line)] == expected, line


def test_other_lines_are_not_counted(lines: list[str]) -> None:
    others = [line for line in lines if not re.search(r"\]:(FATAL|ERROR):", line)]
    assert any("STATEMENT:" in line for line in others)
    assert [line for line in others if any(counts(each.pattern, line) for each in FILTERS)] == []


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    def build(stack: Stack) -> None:
        key = Key(stack, "key", description="logs")
        logs = InstanceLogs(stack, "logs", identifier="orders", key=key, retention_days=30)
        name = InstanceName("orders", "${aws_db_instance.orders.identifier}")
        metrics = LogMetrics(stack, "metrics", log=logs.log, instance=name, busy_connections=80)
        assert [alarm.severity for alarm in metrics.alarms] == [
            Severity.CRITICAL,
            Severity.WARNING,
            Severity.WARNING,
        ]

    return synthesize(build)


def test_each_filter_counts_lines_of_the_log_of_its_instance(synthesized: Synthesized) -> None:
    filters = synthesized.of_type("aws_cloudwatch_log_metric_filter")
    assert {path.rpartition("/")[2] for path in filters} == {each.id for each in FILTERS}
    for each in filters.values():
        assert each["log_group_name"].startswith("${aws_cloudwatch_log_group.logs_postgresql")
        # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
        assert len(each["pattern"]) <= 1024
        metric = each["metric_transformation"]
        assert (metric["namespace"], metric["value"], metric["default_value"]) == ("Arq/Database", "1", "0")
        assert metric["name"] == f"orders-{each['name']}"
