"""Recording and alerting rules of Prometheus, which the Prometheus Operator loads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from constructs import Construct

from constructs_arq.core.alarm import Severity
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.kubernetes.custom_objects import CustomObject, Json

_API_VERSION: Final = "monitoring.coreos.com/v1"


@dataclass(frozen=True, kw_only=True)
class RecordingRule:
    """A series that Prometheus computes from others. `labels` are added to those of the result."""

    record: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def manifest(self) -> dict[str, Json]:
        """Return the rule as Prometheus reads it."""
        rule: dict[str, Json] = {"record": self.record, "expr": self.expr}
        return {**rule, "labels": dict(self.labels)} if self.labels else rule


@dataclass(frozen=True, kw_only=True)
class AlertRule:
    """An alert for each result of an expression that lasts `for_seconds`.

    `summary` explains the consequence to the engineer on call, and may use templates of Prometheus.
    `runbook` is the name of the page with the response, and `dashboard` that of the dashboard that shows the
    problem. With `keep_firing_seconds`, a short pause of the problem does not end the alert.
    """

    alert: str
    expr: str
    severity: Severity
    summary: str
    runbook: str
    dashboard: str = ""
    for_seconds: int = 0
    keep_firing_seconds: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)

    def manifest(self, runbooks_url: str | None) -> dict[str, Json]:
        """Return the rule as Prometheus reads it."""
        annotations: dict[str, Json] = {"summary": self.summary}
        if self.dashboard:
            annotations["dashboard"] = self.dashboard
        if runbooks_url:
            annotations["runbook_url"] = f"{runbooks_url}/{self.runbook}.md"
        rule: dict[str, Json] = {
            "alert": self.alert,
            "expr": self.expr,
            "labels": {**self.labels, "severity": self.severity},
            "annotations": annotations,
        }
        if self.for_seconds:
            rule["for"] = f"{self.for_seconds}s"
        if self.keep_firing_seconds:
            rule["keep_firing_for"] = f"{self.keep_firing_seconds}s"
        return rule


@dataclass(frozen=True, kw_only=True)
class RuleGroup:
    """Rules that Prometheus evaluates one after the other. A later rule sees the results of the earlier ones.

    Without `interval_seconds`, the interval is that of Prometheus.
    """

    name: str
    rules: Sequence[RecordingRule | AlertRule]
    interval_seconds: int | None = None

    def manifest(self, runbooks_url: str | None) -> dict[str, Json]:
        """Return the group as Prometheus reads it."""
        group: dict[str, Json] = {"name": self.name}
        if self.interval_seconds is not None:
            group["interval"] = f"{self.interval_seconds}s"
        return {
            **group,
            "rules": [
                rule.manifest(runbooks_url) if isinstance(rule, AlertRule) else rule.manifest()
                for rule in self.rules
            ],
        }


def prometheus_rule(scope: Construct, *, namespace: str, groups: Sequence[RuleGroup]) -> CustomObject:
    """Return the object with the rules of a construct, which has the construct's name.

    https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
    """
    folder = Stack.of(scope).config.runbooks_url
    return CustomObject(
        api_version=_API_VERSION,
        kind="PrometheusRule",
        name=logical_name(scope),
        namespace=namespace,
        spec={"groups": [group.manifest(folder) for group in groups]},
    )
