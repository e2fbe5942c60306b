"""Where stacks are deployed to: AWS as its user reaches it, or offline AWS."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.offline.home import Home
from arqctl.offline.mirror import host_of
from arqctl.offline.ready import make_ready
from arqctl.offline.stacks import prepare
from arqctl.offline.target import TARGET, Target, simulated_providers
from arqctl.offline.terraform import offline_environment
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
        InputError: when `ARQ_TARGET` asks for offline AWS, as nobody should be left to guess which holds; and
            when a variable names another state than the stacks' own.
    """
    if Target.of(os.environ) is Target.OFFLINE:
        fix = f"Add --offline to simulate it, or `unset {TARGET}` for AWS"
        raise InputError([Problem(TARGET, "says offline, and the command doesn't", fix)])
    require_own_state(os.environ)
    return Site(False, root / ".arq" / "aws" / "cdktf.out", {}, require_nothing_else)


def offline_aws(home: Home, binary: Path, *, destroying: bool = False) -> Site:
    """Offline AWS, with its state and its account in `home`. It builds what the stand-in needs to know.

    Raises:
        InputError: when the extra is missing, bindings can't be read, or a folder can't be written to.
    """
    make_ready(home)

    def prepared(stacks: Sequence[Stack]) -> None:
        host = host_of(binary.name)
        prepare(stacks, home, simulated_providers(), host=host, destroying=destroying)

    return Site(True, home.synthesized, offline_environment(home), prepared)
