"""Builds every environment and writes its stacks as Terraform JSON."""

from collections.abc import Iterable
from pathlib import Path

from cdktf import App

from constructs_arq.core.errors import ArqError
from environments.bootstrap import bootstrap
from environments.discovery import discover
from environments.environment import Environment
from environments.platform import platform

# What jsii puts before the problems that constructs' own checks found.
_FAILED_CHECKS = "Validation failed with the following errors:"


def synthesize(folder: Path | None = None) -> Path:
    """Write every environment's stacks below `folder` (cdktf's own choice if not given), and return it.

    Raises:
        ArqError: when values are wrong, or constructs don't fit together.
    """
    return write(discover(), folder)


def write(found: Iterable[Environment], folder: Path | None = None) -> Path:
    """Write the stacks of some environments, as `synthesize` does those of all.

    Raises:
        ArqError: when constructs don't fit together.
    """
    app = App(outdir=None if folder is None else str(folder))
    for env in found:
        bootstrap(app, env)
        platform(app, env)
    try:
        app.synth()
    except RuntimeError as error:
        raise _as_users_error(error) from error
    return Path(app.outdir)


def _as_users_error(error: RuntimeError) -> Exception:
    """A failed check of a construct as its own message, anything else as it came."""
    _, found, problems = str(error).partition(_FAILED_CHECKS)
    return ArqError(problems.strip()) if found else error
