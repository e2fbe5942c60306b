"""The environment variables that a forge sets for its jobs, checked all at once."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from arqctl.core.errors import InputError, Problem


class Variables:
    """Variables that are needed. What is wrong with any is kept, until `require` tells all of it."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._problems: list[Problem] = []

    def text(self, name: str, pattern: str, fix: str) -> str:
        """A variable's text, which the pattern describes as a whole."""
        text = self._given.get(name, "").strip()
        if not re.fullmatch(pattern, text):
            what = f"can't be {text!r}" if text else "is not set"
            self.lack(name, what, fix)
        return text

    def secret(self, name: str, fix: str) -> str:
        """A variable's text, which no message repeats."""
        text = self._given.get(name, "").strip()
        if not re.fullmatch(r"[!-~]+", text):
            self.lack(name, "holds what no token does" if text else "is not set", fix)
        return text

    def address(self, name: str, fix: str) -> str:
        """A variable's address, without a slash at its end."""
        text = self._given.get(name, "").strip().rstrip("/")
        try:
            parts = urlsplit(text)
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
        except ValueError:
            is_address = False
        if not is_address:
            self.lack(name, "is no address" if text else "is not set", fix)
        return text

    def lack(self, name: str, what: str, fix: str) -> None:
        """Keep a problem."""
        self._problems.append(Problem(name, what, fix))

    def require(self) -> None:
        """Go on if there was none.

        Raises:
            InputError: with all that is wrong.
        """
        if self._problems:
            raise InputError(self._problems)
