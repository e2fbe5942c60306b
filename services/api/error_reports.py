"""Reports to Sentry: unexpected errors and durations of requests, each reduced to fields without values.

A report of an error has its type, its stack, the route and the id of the request. https://docs.sentry.io/platforms/python/
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sentry_sdk
from sentry_sdk.tracing import NoOpSpan, Span, Transaction

from services.api.report_filter import reduce_error, reduce_trace
from services.api.settings import ServiceSettings, read_secret

# A pod has five seconds after its last response.
_SECONDS_TO_SEND = 2


@contextmanager
def error_reports(settings: ServiceSettings, *, program: str) -> Iterator[None]:
    """Report errors of a program if there is a file with a DSN, also one that ends it.

    The reports are sent before the context ends: afterwards, no thread of the program sends them.
    """
    if settings.sentry_dsn_file is None:
        yield
        return
    sentry_sdk.init(
        dsn=read_secret(settings.sentry_dsn_file),
        release=settings.release,
        environment=settings.environment,
        sample_rate=settings.sentry_error_rate,
        traces_sample_rate=settings.sentry_trace_rate,
        before_send=reduce_error,
        before_send_transaction=reduce_trace,
        include_local_variables=False,
        max_breadcrumbs=0,
        # The programs report their errors themselves, once, without data of the request.
        default_integrations=False,
        auto_enabling_integrations=False,
    )
    sentry_sdk.get_global_scope().set_tag("program", program)
    try:
        yield
    except Exception as error:
        report_error(error)
        raise
    finally:
        sentry_sdk.get_client().close(timeout=_SECONDS_TO_SEND)
        sentry_sdk.get_global_scope().set_client(None)


def report_error(error: Exception, **tags: str) -> None:
    """Report an unexpected error. Without a DSN this has no effect."""
    with sentry_sdk.new_scope() as scope:
        for name, value in tags.items():
            scope.set_tag(name, value)
        scope.capture_exception(error)


@dataclass(frozen=True)
class Trace:
    """The measured duration of a request."""

    _transaction: Span

    def describe(self, *, method: str, route: str, status: int, request_id: str) -> None:
        """Describe the request after its response. `route` is a template: paths contain ids."""
        if isinstance(self._transaction, Transaction):
            self._transaction.name = f"{method} {route}"
        self._transaction.set_http_status(status)
        self._transaction.set_tag("route", route)
        self._transaction.set_tag("request_id", request_id)


@contextmanager
def traced_request() -> Iterator[Trace]:
    """Measure a request. The client can't decide whether it is sampled: its trace headers are not read."""
    if not sentry_sdk.get_client().options.get("traces_sample_rate"):
        # A transaction needs 0.1 ms, also without a DSN.
        yield Trace(NoOpSpan())
        return
    with (
        sentry_sdk.new_scope(),
        sentry_sdk.start_transaction(op="http.server", name="request", source="route") as transaction,
    ):
        yield Trace(transaction)
