"""Selects where synthesized stacks run: on AWS, or on offline AWS if `ARQ_OFFLINE=1`."""

import os
from collections.abc import Mapping
from pathlib import Path

from arqctl.core.assembly import read_assembly
from arqctl.core.errors import InputError, Problem
from arqctl.core.terraform_cli import terraform_name
from arqctl.offline.extra import require_extra
from arqctl.offline.mirror import MirroredProvider, host_of
from arqctl.offline.paths import FOLDER_VARIABLE, OfflinePaths
from arqctl.offline.stack_files import remove_offline_files, write_offline_files

OFFLINE_VARIABLE = "ARQ_OFFLINE"
DESTROY_VARIABLE = "ARQ_OFFLINE_DESTROY"
"""Set during a destroy, which has to override `prevent_destroy` in the stack's files."""


def is_offline(environ: Mapping[str, str]) -> bool:
    """Return whether `ARQ_OFFLINE` is 1; unset, empty and 0 mean real AWS.

    Raises:
        InputError: for any other value.
    """
    value = environ.get(OFFLINE_VARIABLE, "")
    if value not in {"", "0", "1"}:
        fix = f"Set {OFFLINE_VARIABLE}=1 for offline AWS, or `unset {OFFLINE_VARIABLE}` for AWS"
        raise InputError([Problem(OFFLINE_VARIABLE, f"must be 0 or 1, got {value!r}", fix)])
    return value == "1"


def configure_target(assembly_dir: Path, *, root: Path) -> bool:
    """Make the stacks of an assembly run where `ARQ_OFFLINE` selects; return whether that is offline AWS.

    For real AWS, remove the files of an earlier offline run.

    Raises:
        InputError: when `ARQ_OFFLINE` is invalid, or a stack needs a provider without bindings.
    """
    offline = is_offline(os.environ)
    stacks = read_assembly(assembly_dir)
    if not offline:
        remove_offline_files(stacks)
        return False
    folder = os.environ.get(FOLDER_VARIABLE)
    write_offline_files(
        stacks,
        OfflinePaths(Path(folder)) if folder is not None else OfflinePaths.of_project(root),
        simulated_providers(),
        host=host_of(terraform_name()),
        destroying=bool(os.environ.get(DESTROY_VARIABLE)),
    )
    return True


def simulated_providers() -> tuple[MirroredProvider, ...]:
    """Return every provider whose bindings are installed.

    Raises:
        InputError: when bindings can't be read, or the extra is missing.
    """
    with require_extra():
        from arqctl.offline.schema.schemas import Schemas  # noqa: PLC0415 - not needed to synthesize for AWS
    return tuple(MirroredProvider(each.source.partition("/")[2], each.version) for each in Schemas.all())
