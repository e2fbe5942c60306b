"""Whether a critical alert reaches PagerDuty in the routes of Alertmanager, independent of the library.

The names of critical alerts are known, and other labels are not: `namespace` can have any value. A route that
may match must be right in both cases: if it does, and if it doesn't.
https://github.com/prometheus/alertmanager/blob/v0.34.0/dispatch/route.go
"""

import re
from collections.abc import Callable

from policies.stack import Json, as_list, at

_MATCHER = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(?:"([^"\\]*)"|([^"\s{}!=~,\\]+))\s*')
# PagerDuty calls for these if the urgency follows the severity. Alertmanager's default is `error`.
# https://support.pagerduty.com/main/docs/dynamic-notifications
_CALLING = ("critical", "error", None)
_EVENTS_URLS = ("https://events.pagerduty.com/v2/enqueue", "https://events.eu.pagerduty.com/v2/enqueue")
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
    # The default is the address in the United States.
    default = at(config, "global.pagerduty_url") or _EVENTS_URLS[0]
    pagers = {
        str(at(receiver, "name"))
        for receiver in as_list(at(config, "receivers"))
        if any(_calls(each, default) for each in as_list(at(receiver, "pagerduty_configs")))
    }
    return _pages(at(config, "route"), None, pagers, _critical(alert))


def group_waits(route: Json, alert: str, inherited: str = "") -> set[str]:
    """Return the `group_wait` of each route that the critical alert with this name may reach.

    Raises:
        UnreadableRouteError: if a route has a form that is not known.
    """
    if not isinstance(route, dict) or not route.keys() <= _KNOWN_KEYS:
        raise UnreadableRouteError(route)
    wait = str(route.get("group_wait") or inherited)
    found: set[str] = set()
    is_last = True
    for child in as_list(route.get("routes")):
        is_match = _matches(child, _critical(alert))
        if is_match is not False:
            found |= group_waits(child, alert, wait)
        if is_match:
            if at(child, "continue") is not True:
                return found
            is_last = False
    return found | {wait} if is_last else found


def matches(matchers: Json, alert: str) -> bool | None:
    """Return whether matchers select the critical alert with this name, or None if other labels decide.

    Raises:
        UnreadableRouteError: if a matcher has a form that is not known.
    """
    return _match_all(matchers, _critical(alert))


def equal_matchers(matchers: Json) -> dict[str, set[str]]:
    """Return the values that matchers allow for labels, if they name each of them.

    Raises:
        UnreadableRouteError: if a matcher has a form that is not known.
    """
    found: dict[str, set[str]] = {}
    for name, operator, pattern in map(_parse, as_list(matchers)):
        if operator == "=" or (operator == "=~" and re.fullmatch(r"\w+(\|\w+)*", pattern)):
            found[name] = set(pattern.split("|")) if operator == "=~" else {pattern}
    return found


def _critical(alert: str) -> dict[str, str]:
    return {"severity": "critical", "alertname": alert}


def _calls(pager: Json, default_url: Json) -> bool:
    """Return whether a receiver calls. A key in the configuration itself would be in the state."""
    key = at(pager, "routing_key_file")
    url = at(pager, "url") or default_url
    return isinstance(key, str) and key != "" and at(pager, "severity") in _CALLING and url in _EVENTS_URLS


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
    return _match_all(at(route, "matchers"), labels)


def _match_all(matchers: Json, labels: dict[str, str]) -> bool | None:
    found = [
        _compare(operator, pattern, labels[name]) if name in labels else None
        for name, operator, pattern in map(_parse, as_list(matchers))
    ]
    if False in found:
        return False
    return None if None in found else True


def _parse(matcher: Json) -> tuple[str, str, str]:
    """Return the label, the operator and the value of a matcher."""
    parts = _MATCHER.fullmatch(matcher) if isinstance(matcher, str) else None
    if parts is None:
        raise UnreadableRouteError(matcher)
    name, operator, quoted, bare = parts.groups()
    return name, operator, bare or quoted or ""


def _compare(operator: str, pattern: str, value: str) -> bool:
    try:
        return _COMPARISONS[operator](pattern, value)
    except re.error as error:
        raise UnreadableRouteError(pattern) from error
