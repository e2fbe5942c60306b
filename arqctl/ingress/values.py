"""Reads the values of annotations. Each function raises ValueError with the requirement."""

import ipaddress
import re
from collections.abc import Callable, Iterable
from math import ceil
from typing import Final, NamedTuple
from urllib.parse import urlsplit

_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_UNITS: Final = ("", "k", "m", "g")
_LONGEST: Final = 9999  # NGINX Gateway Fabric accepts four digits and a unit.
_SECONDS: Final = (("s", 1), ("m", 60), ("h", 3600))
_TOKEN: Final = re.compile(r"[^\s;{}\"'\\]+")
_HOST: Final = re.compile(r"(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_REQUEST_URI: Final = "$request_uri"


def parse_bool(text: str) -> bool:
    """Return a boolean in one of the spellings of ingress-nginx."""
    if text not in _TRUE | _FALSE:
        raise ValueError("must be true or false")
    return text in _TRUE


def parse_switch(text: str) -> bool:
    """Return whether the value is "on"."""
    if text not in {"on", "off"}:
        raise ValueError("must be on or off")
    return text == "on"


def integer(least: int, most: int = 2**31 - 1) -> Callable[[str], int]:
    """Return a function that reads an integer in this range."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,10}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be an integer from {least} to {most}")
        return int(text)

    return parse


def parse_size(text: str) -> str:
    """Return a size with at most four digits, rounded up, such as "8m"."""
    return _shorten(parse_bytes(text))


def parse_bytes(text: str) -> int:
    """Return a size in bytes."""
    match = re.fullmatch(r"(\d{1,10})([kKmMgG]?)", text)
    if not match:
        raise ValueError('must be a size such as "8m"')
    return int(match[1]) << 10 * _UNITS.index(match[2].lower())


def _shorten(size: int) -> str:
    exact = [unit for unit in _UNITS if not size % 1024 ** _UNITS.index(unit)]
    for unit in [*reversed(exact), *_UNITS]:
        count = ceil(size / 1024 ** _UNITS.index(unit))
        if count <= _LONGEST:
            return f"{count}{unit}" if count else "0"
    raise ValueError(f"must be at most {_LONGEST}g")


def parse_seconds(text: str) -> str:
    """Return a duration with at most four digits, rounded up, such as "120s"."""
    match = re.fullmatch(r"(\d{1,10})s?", text)
    if not match or not int(match[1]):
        raise ValueError("must be a number of seconds")
    for unit, length in _SECONDS:
        count = ceil(int(match[1]) / length)
        if count <= _LONGEST:
            return f"{count}{unit}"
    raise ValueError(f"must be at most {_LONGEST} hours")


def parse_list(text: str) -> list[str]:
    """Return the parts between commas, each once."""
    return list(dict.fromkeys(part for each in text.split(",") if (part := each.strip())))


def parse_networks(text: str) -> list[str]:
    """Return networks and addresses."""
    found = parse_list(text)
    for each in found:
        try:
            ipaddress.ip_network(each, strict=False)
        except ValueError:
            raise ValueError(f"must contain networks, not {each!r}") from None
    if not found:
        raise ValueError("must contain networks")
    return found


def parse_plain(text: str) -> str:
    """Return a text without variables, which a filter can contain."""
    if not text or re.search(r"[$\"\\\s]", text):
        raise ValueError("must be a text without variables, quotes and blanks")
    return text


def parse_host(text: str) -> str:
    """Return a host name without a wildcard."""
    if not is_host(text) or text.startswith("*"):
        raise ValueError("must be the name of a host")
    return text


def tokens(most: int) -> Callable[[str], str]:
    """Return a function that reads up to this number of arguments of an nginx directive."""

    def parse(text: str) -> str:
        found = text.split()
        if not 0 < len(found) <= most or not all(_TOKEN.fullmatch(each) for each in found):
            raise ValueError(f"must be one to {most} words without quotes, braces and semicolons")
        return " ".join(found)

    return parse


def one_of(values: Iterable[str]) -> Callable[[str], str]:
    """Return a function that reads one of these values."""
    allowed = sorted(values)

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return parse


def is_host(text: str) -> bool:
    """Return whether a route can have this host name."""
    return len(text) <= 253 and bool(_HOST.fullmatch(text))  # noqa: PLR2004 - the longest name in DNS


class Target(NamedTuple):
    """The target of a redirect. Without a path, it keeps path and query of the request."""

    scheme: str
    hostname: str
    port: int | None
    path: str | None


def parse_target(text: str) -> Target:
    """Return the target of a redirect to a URL."""
    keeps_path = text.endswith(_REQUEST_URI)
    url = urlsplit(text.removesuffix(_REQUEST_URI))
    is_plain = not re.search(r"[$\s{};]", url.geturl()) and not url.query and not url.fragment
    is_root = url.path in {"", "/"}
    hostname = url.hostname or ""
    is_named = is_host(hostname) and not hostname.startswith("*")
    if url.scheme not in {"http", "https"} or not is_named or not is_plain:
        raise ValueError("must be an http or https URL without variables, query and fragment")
    if keeps_path and not is_root:
        raise ValueError("must have no path before $request_uri")
    return Target(url.scheme, hostname, url.port, None if keeps_path else url.path or "/")
