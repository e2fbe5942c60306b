"""Issues a receipt for each entry of the queue: `python -m services.api.receipts`.

It logs in as the user `receipts`. A repeated message changes nothing. A message that fails stays in the
queue, and SQS sends it again later. After SIGTERM, the program finishes its message and ends.
"""

import os
import signal
import sys
import time
from threading import Event

import psycopg
import structlog

from services.api.database import connect
from services.api.error_reports import error_reports, report_error
from services.api.heartbeat import is_alive, show_life
from services.api.logs import configure_logs
from services.api.queue import QUEUE_ERRORS, Message, Receiver, read_entry
from services.api.settings import SettingsError, WorkerSettings, read_worker_settings
from services.api.worker_metrics import WorkerMetrics, serving_metrics

_SECONDS_AFTER_FAILURE = 5
_ISSUE = """
INSERT INTO api.receipts (entry_id, content)
SELECT entries.id,
    accounts.currency || ' ' || to_char(entries.amount_minor / 100.0, 'FM999999999990.00') || ' '
    || entries.reference
FROM api.entries JOIN api.accounts ON accounts.id = entries.account_id
WHERE entries.id = %(entry)s
ON CONFLICT (entry_id) DO NOTHING
"""
_FIND = "SELECT 1 FROM api.receipts WHERE entry_id = %(entry)s"

Connection = psycopg.Connection[tuple[object, ...]]
_log = structlog.stdlib.get_logger("services.api.receipts")


class EntryUnknownError(Exception):
    """The ledger has no such entry."""


def issue_receipt(connection: Connection, entry: int) -> None:
    """Store the receipt of an entry, once.

    Raises:
        EntryUnknownError: if the ledger has no such entry.
    """
    with connection.transaction():
        connection.execute(_ISSUE, {"entry": entry})
        if connection.execute(_FIND, {"entry": entry}).fetchone() is None:
            raise EntryUnknownError


def process_messages(
    connection: Connection, receiver: Receiver, stopping: Event, metrics: WorkerMetrics
) -> None:
    """Process messages until the stop.

    Raises:
        OperationalError: if the database is away. Then no message was received in vain.
    """
    while not stopping.is_set():
        show_life()
        # Without a database each message would fail, and go to the dead-letter queue.
        with connection.transaction():
            connection.execute("SELECT 1")
        message = receiver.receive()
        if message is not None and _process(connection, message, metrics):
            # The receipt is stored now.
            receiver.delete(message)


def run_worker(settings: WorkerSettings, stopping: Event, metrics: WorkerMetrics) -> None:
    """Process messages until the stop, also after the database or the queue was away."""
    receiver = Receiver(url=settings.queue.url, region=settings.queue.region)
    while not stopping.is_set():
        try:
            with connect(settings.database) as connection:
                # RDS Proxy would reserve a connection for a client that prepares statements.
                connection.prepare_threshold = None
                process_messages(connection, receiver, stopping, metrics)
        except (psycopg.OperationalError, *QUEUE_ERRORS):
            metrics.unavailable.inc()
            _log.exception("unavailable")
            # Kubernetes restarts no worker because the database is away.
            show_life()
            stopping.wait(_SECONDS_AFTER_FAILURE)


def main() -> int:
    """Process messages until a signal. Return 2 if the settings are invalid."""
    try:
        settings = read_worker_settings(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    service = settings.service
    configure_logs(service.log_level, release=service.release, environment=service.environment)
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    metrics = WorkerMetrics(service.release)
    with (
        error_reports(service, program="receipts"),
        serving_metrics(metrics, port=settings.metrics.port, is_alive=is_alive),
    ):
        run_worker(settings, stopping, metrics)
    return 0


def _process(connection: Connection, message: Message, metrics: WorkerMetrics) -> bool:
    """Return whether the work is stored. The database's own failures end the loop."""
    started = time.perf_counter()
    succeeded = False
    try:
        issue_receipt(connection, read_entry(message))
        succeeded = True
    except (ValueError, EntryUnknownError, psycopg.DatabaseError) as error:
        if isinstance(error, psycopg.OperationalError):
            raise
        _log.exception("message failed")
        report_error(error)
    finally:
        metrics.observe(succeeded=succeeded, seconds=time.perf_counter() - started)
    return succeeded


if __name__ == "__main__":
    sys.exit(main())
