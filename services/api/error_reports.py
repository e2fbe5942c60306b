"""Reports of unexpected errors to Sentry: the error's type, its stack, the route and the request's id."""

from pathlib import Path

import sentry_sdk
from sentry_sdk.transport import Transport
from sentry_sdk.types import Event, Hint

from services.api.settings import read_secret


def configure_error_reports(
    dsn_file: Path | None, *, release: str, environment: str, transport: Transport | None = None
) -> None:
    """Turn the reports on if there is a file with a DSN. Nothing is sent without it."""
    if dsn_file is None:
        return
    sentry_sdk.init(
        dsn=read_secret(dsn_file),
        release=release,
        environment=environment,
        transport=transport,
        before_send=remove_values,
        include_local_variables=False,
        max_breadcrumbs=0,
        # The API reports its errors itself, once, without data of the request.
        default_integrations=False,
        auto_enabling_integrations=False,
    )


def report_error(error: Exception, *, route: str, request_id: str) -> None:
    """Report an unexpected error. Without a DSN this has no effect."""
    with sentry_sdk.new_scope() as scope:
        scope.set_tag("route", route)
        scope.set_tag("request_id", request_id)
        scope.capture_exception(error)


def remove_values(event: Event, hint: Hint) -> Event:  # noqa: ARG001 - the signature of Sentry
    """Remove everything that can contain personal data: messages, requests, users and hosts."""
    for name in ("breadcrumbs", "extra", "request", "server_name", "user"):
        event.pop(name, None)  # type: ignore[misc]  # The names are keys of Event.
    for error in event.get("exception", {}).get("values", []):
        error["value"] = ""
    return event
