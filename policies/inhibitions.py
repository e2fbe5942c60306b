"""Whether inhibitions of Alertmanager silence a critical alert without another page.

https://prometheus.io/docs/alerting/latest/configuration/#inhibition-related-settings
"""

from collections.abc import Collection

from policies.alertmanager_routes import UnreadableRouteError, equal_matchers, matches
from policies.stack import Json, as_list, at

_KNOWN_KEYS = frozenset({"equal", "name", "source_matchers", "target_matchers"})


def silences_pages(config: Json, pages: Collection[str], alerts: Collection[str]) -> bool:
    """Return whether an inhibition can silence one of the `alerts`, and its source may not page.

    The names in `pages` are those of alerts that are always critical. An alert that is both source and target
    does not silence itself.

    Raises:
        UnreadableRouteError: if an inhibition has a form that is not known.
    """
    return any(_silences(each, pages, alerts) for each in as_list(at(config, "inhibit_rules")))


def _silences(rule: Json, pages: Collection[str], alerts: Collection[str]) -> bool:
    if not isinstance(rule, dict) or not rule.keys() <= _KNOWN_KEYS:
        raise UnreadableRouteError(rule)
    targets = rule.get("target_matchers")
    if all(matches(targets, each) is False for each in alerts):
        return False
    source = equal_matchers(rule.get("source_matchers"))
    names = source.get("alertname", set())
    is_page = source.get("severity") == {"critical"} or (bool(names) and names <= set(pages))
    return not is_page
