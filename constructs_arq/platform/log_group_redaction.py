"""Expressions that find values in the lines of CloudWatch log groups.

They are stricter than those for pods, because we don't write these lines. All that follows a value goes too:
no expression finds the end of each value.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from constructs_arq.platform.log_redaction import Redaction


class LogSource(StrEnum):
    """The kind of a log group, and the value of the label `source`."""

    POSTGRESQL = "postgresql"
    VALKEY = "valkey"
    CONTROL_PLANE = "control-plane"


# RDS writes `time:client:user@database:[process]:LEVEL:  text`. The client is `[local]` on the instance.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.Query_Logging.html
POSTGRESQL_PREFIX: Final = r"^\d{4}-[0-9-]+ [0-9:.]+ [A-Z]+:(?:\[local\]|[^:\[\n]*):[^:\[\n]*:\[\d+\]:"
"""The beginning of each line of PostgreSQL, before its level. Other lines continue a statement."""
# Text, a number or a comment. Names such as `t1` and parameters such as `$1` are none.
_VALUE: Final = r"(?:'|--|/\*|\$[A-Za-z_]*\$|\.\d|[^A-Za-z0-9_$.\"]\d)"

SOURCE_REDACTIONS: Final[Mapping[LogSource, Sequence[Redaction]]] = {
    LogSource.POSTGRESQL: (
        Redaction(
            name="values", expression=POSTGRESQL_PREFIX + r"(?:DETAIL|CONTEXT|QUERY|HINT):\s+((?s:.+))"
        ),
        # pgaudit adds the statement and its parameters, without quotes.
        # https://github.com/pgaudit/pgaudit#format
        Redaction(
            name="values",
            expression=POSTGRESQL_PREFIX
            + r"[A-Z0-9]+:\s+AUDIT:\s+(?:[A-Z]+,\d+,\d+,[A-Z]+,[A-Z ]+,)?((?s:.+))",
        ),
        # pg_cron. Each job has a statement, and a result.
        Redaction(
            name="values",
            expression=POSTGRESQL_PREFIX + r"[A-Z0-9]+:\s+cron job[^:\n]*:\s*((?s:.+))",
        ),
        # Data follows a colon. PostgreSQL writes its own reasons there only with LOG, FATAL and PANIC.
        Redaction(
            name="values",
            expression=POSTGRESQL_PREFIX + r"(?:ERROR|WARNING|NOTICE|INFO|DEBUG[1-5]?):\s+[^:]*:\s+((?s:.+))",
        ),
        # Statements that failed, and slow ones.
        Redaction(
            name="values",
            expression=POSTGRESQL_PREFIX
            + r"(?:STATEMENT:|LOG:\s+(?:duration:[^\n]*? ms\s+)?(?:statement|parse|bind|execute|plan)\b)"
            + rf"(?s:.*?)({_VALUE}(?s:.*))",
        ),
        Redaction(name="values", expression=POSTGRESQL_PREFIX + r"[A-Z0-9]+:[^']*('(?s:.*))"),
        # The value that PostgreSQL refused.
        Redaction(
            name="values",
            expression=POSTGRESQL_PREFIX + r'[A-Z0-9]+:(?s:.*?)(?::|\bvalue|\bkey|\bat or near)\s+("(?s:.*))',
        ),
    ),
    # The slow log has commands. Arguments are keys and values.
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html
    LogSource.VALKEY: (Redaction(name="arguments", expression=r'"Command":\s*"[A-Za-z]*((?:[^"\\]|\\.)+)'),),
    # Audit events contain objects with environment variables. A cut event has no end of the object.
    # https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
    LogSource.CONTROL_PLANE: (
        # The command that runs in a pod, and what a client sends through the API.
        Redaction(
            name="query",
            expression=r"/(?:exec|attach|proxy)(?:/[^\s\"?]*)?\?([^\s\"]+)",
        ),
        Redaction(
            name="objects",
            expression=r'"(?:request|response)Object":\s*([\{\[](?s:.*))\s*,\s*"requestReceivedTimestamp"',
            replacement='"[redacted:objects]"',
        ),
        Redaction(
            name="objects",
            expression=r'"(?:request|response)Object":\s*([\{\[](?s:.*))',
            replacement='"[redacted:objects]"',
        ),
    ),
}
"""The expressions of each kind of log, in order. Those for pods follow."""
