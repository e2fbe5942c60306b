"""The option `--offline`, which selects the target of a deployment."""

from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.settings import Settings
from arqctl.offline.paths import OfflinePaths
from arqctl.terraform.target import DeployTarget, aws, offline_aws

Offline = Annotated[
    bool, typer.Option("--offline", help="Use offline AWS: simulated, with no account and no network.")
]


def deploy_target(root: Path, binary: Path, *, offline: bool) -> DeployTarget:
    """Return AWS or, with `--offline`, offline AWS.

    Raises:
        InputError: as `aws` and `offline_aws` do.
    """
    if not offline:
        return aws(root)
    return offline_aws(OfflinePaths.of_project(root), binary, Settings.load(root).offline)
