"""Logs in the format that Terraform reads from a provider: one JSON object per line on stderr.

Terraform shows it if TF_LOG or TF_LOG_PROVIDER is set.
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


class _JsonFormatter(logging.Formatter):
    """Formats a record, including its traceback, as one line."""

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
    """Send log records to Terraform, from the level in TF_LOG_PROVIDER or TF_LOG."""
    level = os.environ.get("TF_LOG_PROVIDER") or os.environ.get("TF_LOG") or "ERROR"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter())
    logging.basicConfig(level=_LEVELS.get(level.upper(), logging.DEBUG), handlers=[handler], force=True)
