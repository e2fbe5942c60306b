"""Difference model."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Kind of difference. `UNKNOWN` is known after apply only, and is neither null nor removed."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Difference:
    """One argument that differs. Texts are redacted, and plain: rendering escapes them.

    `path` reads like `origin[site].origin_shield.enabled`. `before` and `after` are short texts, "" where
    there is nothing; `lines` hold the difference of long ones, each beginning with `+`, `-` or a space.
    `forces` means that this argument forces a replacement.
    """

    path: str
    kind: Kind
    before: str = ""
    after: str = ""
    lines: tuple[str, ...] = ()
    forces: bool = False
    is_secret: bool = False
