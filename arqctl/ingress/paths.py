"""Path matches of routes that match the same requests as the locations of ingress-nginx.

If one Ingress of a host uses regular expressions or rewrites, ingress-nginx matches all paths of the host
as regular expressions without regard to case:
https://kubernetes.github.io/ingress-nginx/user-guide/ingress-path-matching/.
NGINX Gateway Fabric matches regular expressions before prefixes, the longest first.
"""

import re
from dataclasses import dataclass
from typing import Final

from arqctl.core.json_access import Body
from arqctl.ingress.ingress import Path

EXACT, PREFIX, EXPRESSION = "Exact", "PathPrefix", "RegularExpression"
"""Types of path matches."""

_META: Final = re.compile(r"[\\^$.|?*+()\[\]{}]")
_PLAIN: Final = re.compile(r"/(?:[-A-Za-z0-9/._~!$&'()*+,=:@]|%[0-9a-fA-F]{2})*")
_FORBIDDEN: Final = re.compile(r"//|/\.{1,2}(/|$)|%2[fF]")
_NO_LITERAL: Final = re.compile(r"[\s{};]")
_CASE_NOTE: Final = (
    "ingress-nginx also matches other cases and longer names, such as {0}x. The route does not"
)
_ELEMENT_NOTE: Final = (
    "ingress-nginx also matches longer names, such as {0}x. The route matches path elements"
)


@dataclass(frozen=True, slots=True)
class PathMatch:
    """The match of a rule. `note` describes how its requests differ from those of the Ingress."""

    type: str
    value: str
    note: str = ""

    @property
    def body(self) -> Body:
        """Return the field `path` of a match."""
        return {"type": self.type, "value": self.value}


class UnsupportedPathError(ValueError):
    """No match of a route has the meaning of a path. The message has the reason."""


def is_literal(path: str) -> bool:
    """Return whether the path has no special characters of regular expressions."""
    return not _META.search(path.replace(".", ""))


def match_path(path: Path, *, host_has_expressions: bool, keeps_expression: bool) -> PathMatch:
    """Return the match of a path.

    `host_has_expressions`: ingress-nginx matches all paths of the host as regular expressions.
    `keeps_expression`: the Ingress itself asks for that, or restricts access, so no request may bypass it.

    Raises:
        UnsupportedPathError: if no match has the meaning of the path.
    """
    if path.path == "/" and path.path_type != "Exact":
        return PathMatch(PREFIX, "/")
    if not host_has_expressions:
        return _literal_match(path)
    declares_type = path.path_type != "ImplementationSpecific"
    if is_literal(path.path) and declares_type and not keeps_expression:
        value = _checked_literal(path.path)
        return PathMatch(EXACT if path.path_type == "Exact" else PREFIX, value, _CASE_NOTE.format(value))
    return PathMatch(EXPRESSION, _ignore_case(path.path))


def prefix_match(path: str, note: str = "") -> PathMatch:
    """Return a match of a prefix.

    Raises:
        UnsupportedPathError: if the prefix contains characters that routes can't have.
    """
    return PathMatch(PREFIX, _checked_literal(path), note)


def _literal_match(path: Path) -> PathMatch:
    value = _checked_literal(path.path)
    if path.path_type == "Exact":
        return PathMatch(EXACT, value)
    is_character_prefix = path.path_type == "ImplementationSpecific" and not value.endswith("/")
    return PathMatch(PREFIX, value, _ELEMENT_NOTE.format(value) if is_character_prefix else "")


def _checked_literal(value: str) -> str:
    if not _PLAIN.fullmatch(value) or _FORBIDDEN.search(value):
        raise UnsupportedPathError("A route can't have these characters. Change the path")
    return value


def _ignore_case(expression: str) -> str:
    """Return the expression of a route, which starts with / and ignores case."""
    rest = expression.removeprefix("^").removeprefix("/")
    if not expression.removeprefix("^").startswith("/") or rest[:1] in {"?", "*", "+", "{"}:
        raise UnsupportedPathError("An expression must start with /. Change the path")
    if _NO_LITERAL.search(rest):
        raise UnsupportedPathError("An expression can't have blanks, braces and semicolons. Change the path")
    try:
        re.compile(rest)
    except re.error as error:
        raise UnsupportedPathError(f"It is no valid regular expression: {error}. Correct it") from error
    return f"/(?i){rest}"
