"""Synthesis of environments to Terraform JSON."""

from collections.abc import Iterable
from pathlib import Path

from cdktf import App

from constructs_arq.core.errors import ArqError
from environments.account import account
from environments.bootstrap import bootstrap
from environments.discovery import discover_environments, discover_paging
from environments.environment import Environment
from environments.paging_stack import paging
from environments.platform import platform
from environments.services import services
from environments.standby import standby
from environments.standby_config import standby_environment

# jsii's prefix of the problems that constructs' validations report.
_VALIDATION_PREFIX = "Validation failed with the following errors:"


def synthesize(folder: Path | None = None) -> Path:
    """Write the stacks of all environments to `folder`, cdktf's default if None, and return the folder.

    Raises:
        ArqError: if values are invalid, or a construct's validation fails.
    """
    return synthesize_environments(discover_environments(), folder)


def synthesize_environments(selected: Iterable[Environment], folder: Path | None = None) -> Path:
    """Write the stacks of the given environments to `folder`, as `synthesize` does.

    Raises:
        ArqError: if a construct's validation fails.
    """
    app = App(outdir=None if folder is None else str(folder))
    environments = tuple(selected)
    for env in environments:
        bootstrap(app, env)
        account(app, env)
        own = platform(app, env)
        services(app, env, own)
        if env.standby:
            waiting = standby_environment(env, env.standby)
            services(app, waiting, standby(app, waiting, own))
    if on_call := discover_paging():
        paging(app, environments, on_call)
    try:
        app.synth()
    except RuntimeError as error:
        raise _user_error(error) from error
    return Path(app.outdir)


def _user_error(error: RuntimeError) -> Exception:
    """Return failed validations as an ArqError without jsii's prefix, and other errors unchanged."""
    _, found, problems = str(error).partition(_VALIDATION_PREFIX)
    return ArqError(problems.strip()) if found else error
