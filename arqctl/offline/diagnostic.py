"""Errors and warnings that the provider returns to Terraform."""

from dataclasses import dataclass

from arqctl.offline.values import Path


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error or warning. Terraform adds the resource's address and the file.

    `summary` is one line; `detail` gives the problem, the value and the fix; `path` leads to the argument.
    """

    summary: str
    detail: str
    path: Path = ()
    is_warning: bool = False
