"""Deployment targets: AWS and offline AWS."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from arqctl.core.assembly import Assembly, Stack
from arqctl.core.errors import InputError, Problem
from arqctl.core.offline_settings import OfflineSettings
from arqctl.core.progress import ProgressCallback
from arqctl.core.settings import Settings
from arqctl.core.synthesis import synthesize
from arqctl.offline.mirror import host_of, offline_environment
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.prepare import prepare_offline
from arqctl.offline.prerequisites import deploy_prerequisites, is_deployed, missing_prerequisites
from arqctl.offline.stack_files import write_offline_files
from arqctl.offline.target import OFFLINE_VARIABLE, is_offline, simulated_providers
from arqctl.terraform.preflight import reject_leftovers, reject_state_overrides


def _deploy_nothing(_: Assembly, __: Sequence[str], ___: ProgressCallback) -> None:
    """Leave the stacks that an environment needs to administrators."""


def _is_deployed_on_aws(_: str) -> bool:
    """Leave it to Terraform to find a state in AWS."""
    return True


@dataclass(frozen=True)
class DeployTarget:
    """Destination of deployments.

    Stacks are synthesized to `assembly_dir`. Terraform gets `variables` in addition to the user's own.
    `prepare` writes the files that a synthesized stack needs for the target, or rejects unexpected ones.
    `deploy_prerequisites` deploys the stacks that the given environments need: on AWS, administrators do.
    `separate` are stacks that commands select by name only. `is_deployed` returns whether a stack has a state
    that others can read.
    """

    is_simulated: bool
    assembly_dir: Path
    variables: Mapping[str, str]
    prepare: Callable[[Sequence[Stack]], None]
    deploy_prerequisites: Callable[[Assembly, Sequence[str], ProgressCallback], None] = _deploy_nothing
    separate: tuple[str, ...] = ()
    is_deployed: Callable[[str], bool] = _is_deployed_on_aws

    @property
    def unsaved_states(self) -> Path:
        """The folder of encrypted states that could not be saved. A pipeline uploads it."""
        return self.assembly_dir.parent / "unsaved-states"

    @property
    def title(self) -> str:
        """The name that commands print."""
        return "offline AWS (simulated)" if self.is_simulated else "AWS"

    def synthesize(self, root: Path, stacks: Sequence[str]) -> Assembly:
        """Synthesize the project to deploy these stacks. The app can reject values that can't work on AWS.

        Raises:
            InputError: with the app's output when it fails.
        """
        return synthesize(root, self.assembly_dir, aws_stacks=() if self.is_simulated else stacks)


def aws(root: Path) -> DeployTarget:
    """Return AWS, with the user's own credentials, variables and Terraform configuration.

    The folder is not `cdktf.out`, so `cdktf` never deploys the leftovers of a killed break-glass run.

    Raises:
        InputError: when `ARQ_OFFLINE` selects offline AWS but the command does not, or when a variable
            selects another state than the stacks' own.
    """
    if is_offline(os.environ):
        fix = f"Add --offline to simulate it, or `unset {OFFLINE_VARIABLE}` for AWS"
        raise InputError([Problem(OFFLINE_VARIABLE, "is set, but --offline is missing", fix)])
    reject_state_overrides(os.environ)
    separate = Settings.load(root).separate
    return DeployTarget(False, root / ".arq" / "aws" / "cdktf.out", {}, reject_leftovers, separate=separate)


def offline_aws(
    paths: OfflinePaths, binary: Path, settings: OfflineSettings, *, destroying: bool = False
) -> DeployTarget:
    """Return offline AWS, with its state and its account in `paths`. Builds provider data if needed.

    Raises:
        InputError: when the extra is missing, bindings cannot be read, or a folder cannot be written to.
    """
    prepare_offline(paths, settings)

    def prepare(stacks: Sequence[Stack]) -> None:
        host = host_of(binary.name)
        write_offline_files(stacks, paths, simulated_providers(), host=host, destroying=destroying)

    def deploy_first(assembly: Assembly, environments: Sequence[str], on_progress: ProgressCallback) -> None:
        missing = missing_prerequisites(assembly.in_deployment_order, environments, settings, paths)
        deploy_prerequisites(missing, paths, on_progress)

    return DeployTarget(
        True,
        paths.assembly_dir,
        offline_environment(paths),
        prepare,
        deploy_first,
        is_deployed=partial(is_deployed, paths=paths),
    )
