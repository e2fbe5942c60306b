"""Reads the Kubernetes API with the user's own kubectl and its current context."""

import json
import subprocess
from typing import Final

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, as_object

_SECONDS: Final = 30


class KubectlError(Exception):
    """The API did not answer, or rejected the query. The message is that of kubectl."""


def read_path(path: str) -> Body:
    """Return the answer of the API for a path, for example `/apis/cert-manager.io/v1/certificates`.

    A path does not depend on kubectl's discovery, so an older kubectl than the cluster's version can read it.

    Raises:
        KubectlError: when kubectl fails.
        InputError: when it is not installed.
    """
    command = ["kubectl", "get", "--raw", path, f"--request-timeout={_SECONDS}s"]
    try:
        done = subprocess.run(  # noqa: S603 - the user's own kubectl, with paths of the stack's objects
            command, capture_output=True, text=True, errors="replace", check=False, timeout=2 * _SECONDS
        )
    except FileNotFoundError as error:
        raise InputError([Problem("kubectl", "is not installed", "Install it")]) from error
    except subprocess.TimeoutExpired as error:
        raise KubectlError(f"{path}: no answer in {2 * _SECONDS} seconds") from error
    if done.returncode != 0:
        raise KubectlError(f"{path}: {done.stderr.strip()}")
    try:
        return as_object(json.loads(done.stdout))
    except ValueError as error:
        raise KubectlError(f"{path}: the answer is not JSON: {done.stdout[:100]!r}") from error
