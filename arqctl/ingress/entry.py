"""The lines of the report: what becomes of an annotation, a path, a certificate or a setting."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The outcome for a part of an Ingress."""

    MIGRATED = "migrated"
    CHANGED = "changed"
    NOT_NEEDED = "not needed"
    MISSING = "no counterpart"
    INVALID = "invalid"
    UNKNOWN = "unknown"

    @property
    def is_open(self) -> bool:
        """Return whether somebody must replace the part by hand."""
        return self in {Status.MISSING, Status.INVALID, Status.UNKNOWN}


class Kind(StrEnum):
    """Parts of an Ingress, and settings of the controller."""

    ANNOTATION = "annotation"
    PATH = "path"
    HOST = "host"
    TLS = "tls"
    NAME = "public name"
    SERVICE = "service"
    SETTING = "setting"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `counterpart` is the object or field that replaces it; `note` has the reason and the fix.

    Without the counterpart of an `essential` part, no route is written.
    """

    kind: Kind
    name: str
    value: str
    status: Status
    counterpart: str = ""
    note: str = ""
    essential: bool = False

    @property
    def holds_routes(self) -> bool:
        """Return whether a route would be open or broken without the missing counterpart."""
        return self.essential and self.status.is_open


def has_open(entries: Iterable[Entry]) -> bool:
    """Return whether an entry needs work by hand."""
    return any(entry.status.is_open for entry in entries)
