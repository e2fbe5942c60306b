"""Reports packages of the extra `offline` that are not installed."""

from collections.abc import Iterator
from contextlib import contextmanager

from arqctl.core.errors import InputError, Problem


@contextmanager
def require_extra() -> Iterator[None]:
    """Turn a failed import within the context into an input error: the extra is missing.

    Raises:
        InputError: when a package outside arqctl is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "arqctl":
            raise
        fix = "Run `pip install 'arqctl[offline]'`"
        raise InputError([Problem("offline AWS", f"{error.name} is not installed", fix)]) from error
