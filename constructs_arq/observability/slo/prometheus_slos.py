"""Objectives that Prometheus measures."""

from collections.abc import Sequence
from typing import Final

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.slo import HttpAvailability, HttpLatency, Slo
from constructs_arq.kubernetes.custom_objects import CustomObjects
from constructs_arq.observability.prometheus.rules import RuleGroup, prometheus_rule
from constructs_arq.observability.slo.alert_rules import alert_rules
from constructs_arq.observability.slo.recording_rules import EVALUATION_SECONDS, fast_rules, slow_rules

# A result that is older than five minutes does not count.
_SLOW_INTERVAL_SECONDS: Final = 120


class PrometheusSlos(Construct):
    """Recording rules and alerts of the objectives whose indicators are metrics of services in the cluster.

    Others are ignored: `DistributionSlos` has them. `depends_on` has the definitions of the operator.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        namespace: str,
        slos: Sequence[Slo],
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id)
        self.groups: tuple[RuleGroup, ...] = tuple(group for slo in slos for group in rule_groups(slo))
        if self.groups:
            rule = prometheus_rule(self, namespace=namespace, groups=self.groups)
            CustomObjects(self, "rules", namespace=namespace, objects=[rule], depends_on=depends_on)


def rule_groups(slo: Slo) -> tuple[RuleGroup, ...]:
    """Return the groups of an objective, or none if Prometheus does not measure it."""
    indicator = slo.indicator
    if not isinstance(indicator, HttpAvailability | HttpLatency):
        return ()
    return (
        # The alerts follow the rules that they read, so they see the results of the same evaluation.
        RuleGroup(
            name=f"slo-{slo.name}",
            rules=[*fast_rules(slo, indicator), *alert_rules(slo)],
            interval_seconds=EVALUATION_SECONDS,
        ),
        RuleGroup(
            name=f"slo-{slo.name}-slow",
            rules=list(slow_rules(slo)),
            interval_seconds=_SLOW_INTERVAL_SECONDS,
        ),
    )
