"""Reads the environment variables of a CI job and reports all invalid ones at once."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from arqctl.core.errors import InputError, Problem


class CiVariables:
    """Required variables. Problems are collected until `raise_problems`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._problems: list[Problem] = []

    def text(self, name: str, pattern: str, fix: str) -> str:
        """Return a variable that must match the whole pattern."""
        text = self._environment.get(name, "").strip()
        if not re.fullmatch(pattern, text):
            what = f"can't be {text!r}" if text else "is not set"
            self.add_problem(name, what, fix)
        return text

    def secret(self, name: str, fix: str) -> str:
        """Return a token. No message contains its value."""
        text = self._environment.get(name, "").strip()
        if not re.fullmatch(r"[!-~]+", text):
            self.add_problem(name, "is not a valid token" if text else "is not set", fix)
        return text

    def url(self, name: str, fix: str) -> str:
        """Return an http or https URL without a trailing slash."""
        text = self._environment.get(name, "").strip().rstrip("/")
        try:
            parts = urlsplit(text)
            is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
        except ValueError:
            is_url = False
        if not is_url:
            self.add_problem(name, "is not a URL" if text else "is not set", fix)
        return text

    def add_problem(self, name: str, what: str, fix: str) -> None:
        """Collect a problem with a variable."""
        self._problems.append(Problem(name, what, fix))

    def raise_problems(self) -> None:
        """Raise all collected problems.

        Raises:
            InputError: when there is any.
        """
        if self._problems:
            raise InputError(self._problems)
