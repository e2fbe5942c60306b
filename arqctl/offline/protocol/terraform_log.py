"""The log as Terraform reads it from a provider: a JSON object a line, on stderr.

Terraform shows it only if asked to, by TF_LOG or TF_LOG_PROVIDER.
"""

import datetime as dt
import json
import logging
import os
import sys

_LEVELS = {
    "TRACE": logging.DEBUG,
    "JSON": logging.DEBUG,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "ERROR": logging.ERROR,
    "OFF": logging.CRITICAL,
}


class _Line(logging.Formatter):
    """One record as one line, its traceback inside."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + self.formatException(record.exc_info)
        when = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line = {
            "@level": {"WARNING": "warn", "CRITICAL": "error"}.get(
                record.levelname, record.levelname.lower()
            ),
            "@message": message,
            "@module": record.name,
            "@timestamp": when.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        }
        return json.dumps(line)


def configure_logging() -> None:
    """Send what is logged from now on to Terraform, from the level that the user asked for."""
    asked = os.environ.get("TF_LOG_PROVIDER") or os.environ.get("TF_LOG") or "ERROR"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line())
    logging.basicConfig(level=_LEVELS.get(asked.upper(), logging.DEBUG), handlers=[handler], force=True)
