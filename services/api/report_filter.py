"""Keeps the fields of reports that can't contain personal data or secrets. All others are removed.

A list of removed fields would miss those of the next version of the SDK. https://develop.sentry.dev/sdk/data-model/event-payloads/
"""

from collections.abc import Mapping
from typing import Any, cast

from sentry_sdk.types import Event, Hint

from services.api.health import QUIET_ROUTES

_COMMON = frozenset(
    {"environment", "event_id", "level", "platform", "release", "sdk", "tags", "timestamp", "type"}
)
_OF_TRACE = _COMMON | {"start_timestamp", "transaction", "transaction_info"}
_OF_EXCEPTION = frozenset({"module", "type"})
_OF_MECHANISM = frozenset({"exception_id", "handled", "is_exception_group", "parent_id", "type"})
_OF_FRAME = frozenset(
    {"abs_path", "context_line", "filename", "function", "in_app", "lineno", "module"}
    | {"post_context", "pre_context"}
)
_OF_CONTEXT = frozenset({"op", "origin", "parent_span_id", "span_id", "status", "trace_id"})

_Fields = Mapping[str, Any]


def reduce_error(event: Event, hint: Hint) -> Event:  # noqa: ARG001 - the signature of Sentry
    """Return the types of an error and of its causes, and the places in the code, without messages."""
    errors = event.get("exception", {}).get("values", [])
    reduced = {
        **_keep(event, _COMMON),
        **_context(event),
        "exception": {"values": [_reduce_exception(error) for error in errors]},
    }
    return cast("Event", reduced)


def reduce_trace(event: Event, hint: Hint) -> Event | None:  # noqa: ARG001 - the signature of Sentry
    """Return the name and the duration of a request, or None for probes and scrapes."""
    if event.get("tags", {}).get("route") in QUIET_ROUTES:
        return None
    return cast("Event", {**_keep(event, _OF_TRACE), **_context(event), "spans": []})


def _reduce_exception(error: _Fields) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames", [])
    return {
        **_keep(error, _OF_EXCEPTION),
        "value": "",
        "mechanism": _keep(error.get("mechanism") or {}, _OF_MECHANISM),
        "stacktrace": {"frames": [_keep(frame, _OF_FRAME) for frame in frames]},
    }


def _context(event: Event) -> dict[str, Any]:
    trace = event.get("contexts", {}).get("trace", {})
    return {"contexts": {"trace": _keep(trace, _OF_CONTEXT)}}


def _keep(fields: _Fields, names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in names}
