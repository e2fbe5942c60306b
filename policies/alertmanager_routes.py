"""Whether a critical alert reaches PagerDuty in the routes of Alertmanager, independent of the library.

The names of critical alerts are known, and other labels are not: `namespace` can have any value. A route that
may match must be right in both cases: if it does, and if it doesn't.
https://github.com/prometheus/alertmanager/blob/v0.34.0/dispatch/route.go
"""

import re
from collections.abc import Callable

from policies.stack import Json, as_list, at

_MATCHER = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(?:"([^"\\]*)"|([^"\s{}!=~,\\]+))\s*')
# A key in the configuration itself would be in the state, and another rule's matter.
_KEYS = ("routing_key_file", "service_key_file")
_KNOWN_KEYS = frozenset(
    {
        "active_time_intervals",
        "continue",
        "group_by",
        "group_interval",
        "group_wait",
        "matchers",
        "mute_time_intervals",
        "receiver",
        "repeat_interval",
        "routes",
    }
)
_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda pattern, value: pattern == value,
    "!=": lambda pattern, value: pattern != value,
    "=~": lambda pattern, value: re.fullmatch(pattern, value) is not None,
    "!~": lambda pattern, value: re.fullmatch(pattern, value) is None,
}


class UnreadableRouteError(ValueError):
    """A route has a form that this module does not know."""


def has_pager(config: Json) -> bool:
    """Return whether a receiver of the configuration calls PagerDuty."""
    return any(as_list(at(each, "pagerduty_configs")) for each in as_list(at(config, "receivers")))


def pages(config: Json, alert: str) -> bool:
    """Return whether the critical alert with this name reaches PagerDuty with any other labels.

    Raises:
        UnreadableRouteError: if a route has a form that is not known.
    """
    pagers = {
        str(at(receiver, "name"))
        for receiver in as_list(at(config, "receivers"))
        if any(_has_key(each) for each in as_list(at(receiver, "pagerduty_configs")))
    }
    labels = {"severity": "critical", "alertname": alert}
    return _pages(at(config, "route"), None, pagers, labels)


def _has_key(pager: Json) -> bool:
    return any(isinstance(at(pager, key), str) and at(pager, key) for key in _KEYS)


def _pages(route: Json, inherited: Json, pagers: set[str], labels: dict[str, str]) -> bool:
    """Return whether an alert that matches a route reaches one of the pagers."""
    if not isinstance(route, dict) or not route.keys() <= _KNOWN_KEYS:
        raise UnreadableRouteError(route)
    receiver = route.get("receiver") or inherited
    is_last = True
    for child in as_list(route.get("routes")):
        matches = _matches(child, labels)
        if matches is False:
            continue
        child_pages = _pages(child, receiver, pagers, labels)
        if matches and child_pages:
            return True
        if not child_pages:
            if at(child, "continue") is not True:
                return False
            # The receiver of a route counts only if none of its routes matches.
            is_last = False
    is_muted = as_list(route.get("mute_time_intervals")) or as_list(route.get("active_time_intervals"))
    return is_last and receiver in pagers and not is_muted


def _matches(route: Json, labels: dict[str, str]) -> bool | None:
    """Return whether a route matches an alert with these labels, or None if it depends on other labels."""
    found: list[bool | None] = []
    for matcher in as_list(at(route, "matchers")):
        parts = _MATCHER.fullmatch(matcher) if isinstance(matcher, str) else None
        if parts is None:
            raise UnreadableRouteError(matcher)
        name, operator, quoted, bare = parts.groups()
        found.append(_compare(operator, bare or quoted or "", labels[name]) if name in labels else None)
    if False in found:
        return False
    return None if None in found else True


def _compare(operator: str, pattern: str, value: str) -> bool:
    try:
        return _COMPARISONS[operator](pattern, value)
    except re.error as error:
        raise UnreadableRouteError(pattern) from error
