"""Canaries: rules with header matches, and weights, in the route of the main Ingress.

ingress-nginx evaluates header, cookie and weight in this order. A route prefers rules with a header match,
in their order: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from arqctl.core.json_access import Body
from arqctl.ingress.draft import Draft
from arqctl.ingress.values import integer

_TOTAL = 100
_HEADER = re.compile(r"[A-Za-z0-9-]{1,256}")
_COOKIE = re.compile(r"[A-Za-z0-9_-]{1,200}")


@dataclass(frozen=True, slots=True)
class Split:
    """The requests with this header match, or all; and the weights of the main service and the canary."""

    header: "Body | None"
    main: int
    canary: int


def splits(draft: Draft) -> list[Split]:
    """Return how a canary divides the requests of its paths, in the order of the rules."""
    return [*_header_splits(draft), *_cookie_splits(draft), _weight_split(draft)]


def _header_splits(draft: Draft) -> Iterator[Split]:
    name = draft.read("canary-by-header", _parse_header)
    if not name:
        return
    value, pattern = draft.value("canary-by-header-value"), draft.value("canary-by-header-pattern")
    if value:
        yield Split({"name": name, "value": value}, 0, 1)
        draft.skip("canary-by-header-pattern", "Has no effect beside canary-by-header-value")
    elif pattern:
        yield Split({"name": name, "type": "RegularExpression", "value": pattern}, 0, 1)
    else:
        yield Split({"name": name, "value": "always"}, 0, 1)
        yield Split({"name": name, "value": "never"}, 1, 0)
    draft.migrate("canary-by-header", "canary-by-header-value", "canary-by-header-pattern")


def _cookie_splits(draft: Draft) -> Iterator[Split]:
    name = draft.read("canary-by-cookie", _parse_cookie)
    if not name:
        return
    for value, main, canary in (("always", 0, 1), ("never", 1, 0)):
        pattern = f"(^|; *){name}={value}(;|$)"
        yield Split({"name": "Cookie", "type": "RegularExpression", "value": pattern}, main, canary)
    draft.migrate("canary-by-cookie")


def _weight_split(draft: Draft) -> Split:
    total = draft.read("canary-weight-total", integer(1, 1_000_000)) or _TOTAL
    weight = draft.read("canary-weight", integer(0, 1_000_000)) or 0
    if weight > total:
        draft.reject("canary-weight", f"The weight must be at most {total}. Correct it")
        weight = 0
    draft.migrate("canary-weight", "canary-weight-total")
    return Split(None, total - weight, weight)


def _parse_header(text: str) -> str:
    if not _HEADER.fullmatch(text):
        raise ValueError("must be the name of a header")
    return text


def _parse_cookie(text: str) -> str:
    if not _COOKIE.fullmatch(text):
        raise ValueError("must be the name of a cookie")
    return text
