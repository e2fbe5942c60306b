"""What the stand-in provider tells Terraform to say to the user."""

from dataclasses import dataclass

from arqctl.offline.values import Path


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message. Terraform adds the address of the resource, and the file.

    `summary` is one line; `detail` says what is wrong, the value got, and the mend; `path` leads to the
    argument.
    """

    summary: str
    detail: str
    path: Path = ()
    is_warning: bool = False
