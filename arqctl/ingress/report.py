"""Renders the report of a migration as text, Markdown and JSON."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Final

from arqctl.core.json_access import Body, as_object
from arqctl.core.sanitize import sanitize
from arqctl.ingress.entry import Entry, Status
from arqctl.ingress.migration import Migration, Result

DEFAULTS: Final = (
    "The gateway buffers responses; ingress-nginx does not. For event streams, set `proxy-buffering: off`.",
    "The gateway waits 60 seconds for a connection to a pod, ingress-nginx 5 seconds.",
    "The gateway selects the less busy of two random pods; ingress-nginx takes turns.",
    "CloudFront sends the header Strict-Transport-Security, not the gateway.",
    "CloudFront sends requests of the environment's names only: see the public names.",
    "Network policies must let the gateway's pods reach the pods of the services.",
)
"""Defaults of the gateway that differ from those of ingress-nginx."""
_LONGEST_VALUE: Final = 60


def render_text(migration: Migration) -> str:
    """Return the report as text."""
    return "\n".join(_text_lines(migration)) + "\n"


def _text_lines(migration: Migration) -> Iterator[str]:
    for result in migration.results:
        yield f"{sanitize(result.key)} ({sanitize(result.source)}): {_outcome(result)}"
        yield from _entry_lines(result.entries)
        yield ""
    if migration.settings:
        yield "Settings of the controller"
        yield from _entry_lines(migration.settings)
        yield ""
    yield "Defaults that differ"
    yield from (f"  {line}" for line in DEFAULTS)
    yield from ("", _namespaces(migration), _summary(migration))


def _entry_lines(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in map(sanitize, entries):
        counterpart = f" -> {entry.counterpart}" if entry.counterpart else ""
        yield f"  {entry.status:<14} {entry.kind} {_named(entry)}{counterpart}"
        if entry.note:
            yield f"  {'':<14}   {_sentence(entry.note)}"


def render_markdown(migration: Migration) -> str:
    """Return the report as Markdown."""
    return "\n".join(_markdown_lines(migration)) + "\n"


def _markdown_lines(migration: Migration) -> Iterator[str]:
    yield from ("# Migration from ingress-nginx", "", _namespaces(migration), _summary(migration), "")
    for result in migration.results:
        yield from (f"## `{_cell(result.key)}`", "", f"{_cell(result.source)}: {_cell(_outcome(result))}", "")
        yield from _table(result.entries)
    if migration.settings:
        yield from ("## Settings of the controller", "")
        yield from _table(migration.settings)
    yield from ("## Defaults that differ", "")
    yield from (f"- {line}" for line in DEFAULTS)


def _table(entries: Sequence[Entry]) -> Iterator[str]:
    if not entries:
        return
    yield from ("| status | part | value | counterpart | note |", "|---|---|---|---|---|")
    for entry in entries:
        cells = (f"{entry.kind} {entry.name}", entry.value, entry.counterpart, _sentence(entry.note))
        yield f"| {entry.status} | {' | '.join(map(_cell, cells))} |"
    yield ""


def render_json(migration: Migration) -> str:
    """Return the report as JSON."""
    document = {
        "complete": migration.is_complete,
        "ingresses": [
            {
                "name": result.key,
                "source": result.source,
                "skipped": result.skipped,
                "held": result.is_held,
                "objects": _names(result.objects),
                "entries": [asdict(entry) for entry in result.entries],
            }
            for result in migration.results
        ],
        "settings": [asdict(entry) for entry in migration.settings],
        "service_objects": _names(migration.service_objects),
        "defaults": [*DEFAULTS],
    }
    return json.dumps(document, indent=2) + "\n"


def _outcome(result: Result) -> str:
    if result.skipped:
        return f"skipped, because {result.skipped}"
    if result.is_held:
        names = dict.fromkeys(entry.name for entry in result.entries if entry.holds_routes)
        return f"no route, because without {', '.join(names)} it would be open or broken"
    return ", ".join(_names(result.objects)) or "no objects of its own"


def _names(objects: Iterable[Body]) -> list[str]:
    return [f"{each['kind']} {as_object(each['metadata'])['name']}" for each in objects]


def _namespaces(migration: Migration) -> str:
    metadata = [as_object(each["metadata"]) for each in migration.objects]
    found = sorted({str(each.get("namespace", "(none)")) for each in metadata})
    return f"The gateway's listeners must accept routes of the namespaces: {', '.join(found) or 'none'}."


def _summary(migration: Migration) -> str:
    entries = [entry for result in migration.results for entry in result.entries] + [*migration.settings]
    counts = {status: sum(entry.status is status for entry in entries) for status in Status}
    parts = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    held = sum(result.is_held for result in migration.results)
    return f"{len(migration.results)} Ingress objects, {held} without routes: {parts or 'nothing to report'}."


def _named(entry: Entry) -> str:
    if not entry.value:
        return entry.name
    is_long = len(entry.value) > _LONGEST_VALUE
    return f"{entry.name}: {entry.value[:_LONGEST_VALUE]}{'…' if is_long else ''}"


def _sentence(note: str) -> str:
    return note if not note or note.endswith(".") else f"{note}."


def _cell(text: str) -> str:
    return sanitize(text).replace("|", "\\|").replace("`", "'").replace("<", "&lt;")
