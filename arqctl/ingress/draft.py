"""The counterparts of one Ingress: filters and settings of its routes, and lines of the report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from arqctl.core.json_access import Body
from arqctl.ingress.annotation_table import SNIPPET_FIX, SNIPPET_REASON, Annotation, annotation_table
from arqctl.ingress.entry import Entry, Kind, Status
from arqctl.ingress.ingress import ConfigMap, Ingress
from arqctl.ingress.paths import PathMatch
from arqctl.ingress.values import parse_bool

_Value = TypeVar("_Value")

LOCATION, SERVER, HTTP = "http.server.location", "http.server", "http"
"""Contexts of snippets."""


@dataclass
class Draft:
    """The result of one Ingress. Modules of this package read annotations, and add what replaces them.

    `annotations` have no prefix and contain the controller's global settings, whose names are in `inherited`.
    """

    ingress: Ingress
    annotations: Mapping[str, str]
    inherited: frozenset[str] = frozenset()
    allows_snippets: bool = False
    config_maps: Mapping[str, ConfigMap] = field(default_factory=dict)

    entries: list[Entry] = field(default_factory=list)
    filters: list[Body] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    hostname: str = ""
    redirect: Body = field(default_factory=dict)
    app_root: str = ""
    redirects_www: bool = False
    basic_auth: Body = field(default_factory=dict)
    client_body: Body = field(default_factory=dict)
    timeouts: Body = field(default_factory=dict)
    buffering: Body = field(default_factory=dict)
    rates: list[Body] = field(default_factory=list)
    upstream: Body = field(default_factory=dict)
    backend_tls: Body = field(default_factory=dict)
    snippets: dict[str, list[str]] = field(default_factory=dict)
    matches: list[tuple[str, str, PathMatch]] = field(default_factory=list)
    """Host, path of the Ingress, and match of the route."""

    @property
    def is_held(self) -> bool:
        """Return whether no route may be written."""
        return any(entry.holds_routes for entry in self.entries)

    def value(self, name: str) -> str | None:
        """Return the value of an annotation that no line reports yet."""
        return None if self._is_reported(name) else self.annotations.get(name)

    def is_true(self, name: str) -> bool:
        """Return whether an annotation is set to true."""
        try:
            return parse_bool(self.annotations.get(name, ""))
        except ValueError:
            return False

    def read(self, name: str, parse: Callable[[str], _Value]) -> _Value | None:
        """Return the parsed value of an annotation. Report an invalid value and return None."""
        text = self.value(name)
        if text is None or text in annotation_table().annotations[name].neutral:
            return None
        try:
            return parse(text.strip())
        except ValueError as error:
            self._report(name, Status.INVALID, f"The value {error}. Correct it")
            return None

    def migrate(self, *names: str) -> None:
        """Report that the routes have the counterparts of these annotations, as far as they are set."""
        for name in names:
            self._report(name, Status.MIGRATED)

    def change(self, name: str, note: str) -> None:
        """Report that the counterpart of an annotation has another effect."""
        self._report(name, Status.CHANGED, note)

    def skip(self, name: str, note: str) -> None:
        """Report that an annotation needs no counterpart."""
        self._report(name, Status.NOT_NEEDED, note)

    def miss(self, name: str) -> None:
        """Report that an annotation has no counterpart, with the reason and the fix of the table."""
        found = annotation_table().annotations[name]
        self._report(name, Status.MISSING, " ".join(f"{part}." for part in _explain(found)))

    def reject(self, name: str, note: str) -> None:
        """Report an invalid value."""
        self._report(name, Status.INVALID, note)

    def add_snippet(self, name: str, directives: Mapping[str, str]) -> None:
        """Add nginx directives by context as the counterpart of an annotation, if the gateway allows them."""
        if self.annotations.get(name) is None:
            return
        if not self.allows_snippets:
            self._report(name, Status.MISSING, f"{SNIPPET_REASON}. {SNIPPET_FIX}")
            return
        for context, text in directives.items():
            self.snippets.setdefault(context, []).append(text)
        self._report(name, Status.MIGRATED)

    def finish(self) -> None:
        """Report each annotation that no module has read."""
        for name in sorted(self.annotations):
            if self._is_reported(name):
                continue
            found = annotation_table().annotations.get(name)
            if found is None:
                self._report_unknown(name)
            elif found.needs and found.needs not in self.annotations:
                self.skip(name, f"Has no effect without {found.needs}")
            elif self.annotations[name] in found.neutral:
                self.skip(name, "The gateway has the same behavior")
            else:
                self.miss(name)

    def add(
        self, kind: Kind, name: str, value: str, status: Status, note: str, counterpart: str = ""
    ) -> None:
        """Report a part of the Ingress that is no annotation."""
        self.entries.append(Entry(kind, name, value, status, counterpart, note))

    def withdraw(self, name: str, note: str) -> None:
        """Replace the line of an annotation, because its counterpart can't be written."""
        self.entries = [
            replace(entry, status=Status.MISSING, counterpart="", note=note)
            if entry.kind is Kind.ANNOTATION and entry.name == name
            else entry
            for entry in self.entries
        ]

    def _is_reported(self, name: str) -> bool:
        return any(entry.kind is Kind.ANNOTATION and entry.name == name for entry in self.entries)

    def _report(self, name: str, status: Status, note: str = "") -> None:
        if name not in self.annotations or self._is_reported(name):
            return
        found = annotation_table().annotations[name]
        has_counterpart = status in {Status.MIGRATED, Status.CHANGED}
        self.entries.append(
            Entry(
                Kind.ANNOTATION,
                name,
                self.annotations[name],
                status,
                counterpart=found.counterpart if has_counterpart else "",
                note=f"{note}{self._origin(name)}".strip(),
                essential=found.essential,
            )
        )

    def _report_unknown(self, name: str) -> None:
        note = "ingress-nginx has no such annotation. Remove it, or correct its name"
        value = self.annotations[name]
        self.entries.append(Entry(Kind.ANNOTATION, name, value, Status.UNKNOWN, note=note, essential=True))

    def _origin(self, name: str) -> str:
        return " (a global setting of the controller)" if name in self.inherited else ""


def _explain(found: Annotation) -> list[str]:
    reason, instead = found.reason, found.instead
    if found.snippet and not reason:
        reason, instead = SNIPPET_REASON, SNIPPET_FIX
    return [reason or "It has no counterpart", instead or "Remove it, or replace it in the application"]
