"""Where what is synthesized is meant to go: real AWS, or offline AWS if `ARQ_TARGET` says so."""

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from arqctl.core.assembly import read_assembly
from arqctl.core.errors import InputError, Problem
from arqctl.core.terraform_cli import terraform_name
from arqctl.offline.extra import offline_extra
from arqctl.offline.home import VARIABLE, Home
from arqctl.offline.mirror import Provider, host_of
from arqctl.offline.stacks import forget, prepare

TARGET = "ARQ_TARGET"
DESTROYING = "ARQ_OFFLINE_DESTROY"
"""Set during a destroy: it has to get past `prevent_destroy`, which Terraform reads from files."""


class Target(StrEnum):
    """What `ARQ_TARGET` may be; real AWS where it isn't set."""

    AWS = "aws"
    OFFLINE = "offline"

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Target":
        """The target that the environment's variables name.

        Raises:
            InputError: when they name another.
        """
        named = environ.get(TARGET) or cls.AWS
        if named not in list(cls):
            known = " or ".join(cls)
            raise InputError(
                [Problem(TARGET, f"must be {known}, got {named!r}", f"unset {TARGET}, or correct it")]
            )
        return cls(named)


def aim(outdir: Path, *, root: Path) -> Target:
    """Make a folder that was just synthesized run where `ARQ_TARGET` says, and say which that is.

    For real AWS, whatever an offline run left in the folder is removed.

    Raises:
        InputError: when `ARQ_TARGET` is wrong, or a stack needs a provider without bindings.
    """
    target = Target.of(os.environ)
    stacks = read_assembly(outdir)
    if target is Target.AWS:
        forget(stacks)
        return target
    home = Home(Path(os.environ[VARIABLE])) if VARIABLE in os.environ else Home.of_project(root)
    prepare(
        stacks,
        home,
        simulated_providers(),
        host=host_of(terraform_name()),
        destroying=bool(os.environ.get(DESTROYING)),
    )
    return target


def simulated_providers() -> tuple[Provider, ...]:
    """Every provider that installed bindings describe.

    Raises:
        InputError: when bindings can't be read, or what reads them is not installed.
    """
    with offline_extra():
        from arqctl.offline.schema.schemas import Schemas  # noqa: PLC0415 - synthesis for AWS needs none of it
    return tuple(Provider(each.source.partition("/")[2], each.version) for each in Schemas.all())
