"""What only the extra `offline` installs, and the rest of arqctl starts without."""

from collections.abc import Iterator
from contextlib import contextmanager

from arqctl.core.errors import InputError, Problem


@contextmanager
def offline_extra() -> Iterator[None]:
    """Within it, a package that is not installed is a mistake of the user: the extra is missing.

    Raises:
        InputError: for such a package.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "arqctl":
            raise
        fix = "Run `pip install 'arqctl[offline]'`"
        raise InputError([Problem("offline AWS", f"{error.name} is not installed", fix)]) from error
