"""The result of one check of a prerequisite."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Result of a check. `unknown` means that it can't be decided, for example without permission."""

    OK = "ok"
    WARN = "warn"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One prerequisite: its status, what was found, and the command that fixes it unless it is ok."""

    name: str
    status: Status
    found: str
    fix: str = ""
