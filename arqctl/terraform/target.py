"""Where stacks are deployed to: AWS as its user reaches it, or offline AWS."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.offline.mirror import host_of, offline_environment
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.prepare import prepare_offline
from arqctl.offline.stack_files import write_offline_files
from arqctl.offline.target import OFFLINE_VARIABLE, is_offline, simulated_providers
from arqctl.terraform.preflight import require_nothing_else, require_own_state


@dataclass(frozen=True)
class Site:
    """`folder` is what stacks are synthesized to, and Terraform gets `variables` on top of its user's.

    `prepare` makes synthesized stacks run there, or sees that nothing else would.
    """

    is_simulated: bool
    folder: Path
    variables: Mapping[str, str]
    prepare: Callable[[Sequence[Stack]], None]

    @property
    def title(self) -> str:
        """What a person is told of it."""
        return "offline AWS: all of it is simulated" if self.is_simulated else "AWS"


def aws(root: Path) -> Site:
    """AWS, with the user's own credentials, variables and Terraform configuration.

    Its folder is not `cdktf.out`: what a killed emergency leaves there is never deployed by `cdktf`.

    Raises:
        InputError: when `ARQ_OFFLINE` selects offline AWS but the command does not, or when a variable names
            another state than the stacks' own.
    """
    if is_offline(os.environ):
        fix = f"Add --offline to simulate it, or `unset {OFFLINE_VARIABLE}` for AWS"
        raise InputError([Problem(OFFLINE_VARIABLE, "is set, but --offline is missing", fix)])
    require_own_state(os.environ)
    return Site(False, root / ".arq" / "aws" / "cdktf.out", {}, require_nothing_else)


def offline_aws(paths: OfflinePaths, binary: Path, *, destroying: bool = False) -> Site:
    """Offline AWS, with its state and its account in `paths`. Builds provider data if needed.

    Raises:
        InputError: when the extra is missing, bindings can't be read, or a folder can't be written to.
    """
    prepare_offline(paths)

    def prepared(stacks: Sequence[Stack]) -> None:
        host = host_of(binary.name)
        write_offline_files(stacks, paths, simulated_providers(), host=host, destroying=destroying)

    return Site(True, paths.assembly_dir, offline_environment(paths), prepared)
