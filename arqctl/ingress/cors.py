"""CORS: the filter of Gateway API.

https://gateway-api.sigs.k8s.io/reference/api-spec/1.5/spec/#httpcorsfilter
"""

import re
from typing import Final

from arqctl.ingress.draft import Draft
from arqctl.ingress.values import integer, one_of, parse_bool, parse_list

_DEFAULT_METHODS: Final = "GET, PUT, POST, DELETE, PATCH, OPTIONS"
_DEFAULT_HEADERS: Final = (
    "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,"
    "Authorization"
)
_DEFAULT_AGE: Final = 1_728_000
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "*")
_ORIGIN: Final = re.compile(r"\*|https?://((\*\.)?([a-zA-Z0-9-]+\.)*[a-zA-Z0-9-]+)(:\d{1,5})?")
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}")
_LONGEST_LIST: Final = 64
_NO_CREDENTIALS: Final = (
    "Browsers refuse credentials with the origin *, so the filter allows none. List the origins to allow them"
)


def translate_cors(draft: Draft) -> None:
    """Add the CORS filter to the draft, with the defaults of ingress-nginx."""
    if not draft.read("enable-cors", parse_bool):
        if draft.value("enable-cors"):
            for name in [name for name in draft.annotations if name.startswith("cors-")]:
                draft.skip(name, "Has no effect without enable-cors")
        return
    origins = (
        draft.read("cors-allow-origin", _parse_origins) if "cors-allow-origin" in draft.annotations else ["*"]
    )
    methods = draft.read("cors-allow-methods", _parse_methods) or _parse_methods(_DEFAULT_METHODS)
    headers = draft.read("cors-allow-headers", _parse_headers) or _parse_headers(_DEFAULT_HEADERS)
    exposed = draft.read("cors-expose-headers", _parse_headers) or []
    allows_credentials = draft.read("cors-allow-credentials", parse_bool)
    age = draft.read("cors-max-age", integer(1))
    if not origins:
        draft.change("enable-cors", "No filter is written: see cors-allow-origin")
        return
    is_credentialed = allows_credentials is not False and origins != ["*"]
    draft.filters.append(
        {
            "type": "CORS",
            "cors": {
                "allowOrigins": [*origins],
                "allowMethods": [*methods],
                "allowHeaders": [*headers],
                **({"exposeHeaders": [*exposed]} if exposed else {}),
                **({"allowCredentials": True} if is_credentialed else {}),
                "maxAge": age or _DEFAULT_AGE,
            },
        }
    )
    if allows_credentials and not is_credentialed:
        draft.change("cors-allow-credentials", _NO_CREDENTIALS)
    draft.migrate("enable-cors", *(name for name in draft.annotations if name in _NAMES))


_NAMES: Final = frozenset(
    {
        "cors-allow-origin",
        "cors-allow-methods",
        "cors-allow-headers",
        "cors-expose-headers",
        "cors-allow-credentials",
        "cors-max-age",
    }
)


def _parse_origins(text: str) -> list[str]:
    return _checked(text, _ORIGIN, 'must contain origins such as "https://example.com"')


def _parse_headers(text: str) -> list[str]:
    return _checked(text, _HEADER, "must contain names of headers")


def _parse_methods(text: str) -> list[str]:
    return _alone(list(map(one_of(_METHODS), map(str.upper, parse_list(text)))))


def _checked(text: str, pattern: re.Pattern[str], requirement: str) -> list[str]:
    found = parse_list(text)
    if not 0 < len(found) <= _LONGEST_LIST or not all(pattern.fullmatch(each) for each in found):
        raise ValueError(requirement)
    return _alone(found)


def _alone(found: list[str]) -> list[str]:
    """Return the list, or only "*" if it contains it: the filter accepts it alone."""
    return ["*"] if "*" in found else found
