"""Objectives that Prometheus measures."""

from collections.abc import Mapping, Sequence
from typing import Final

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.alarm import Severity
from constructs_arq.core.config import Config
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.slo import LATE_PAGE_FIX, HttpAvailability, HttpLatency, Slo, describe_late_page
from constructs_arq.kubernetes.custom_objects import CustomObjects
from constructs_arq.observability.prometheus.alertmanager import PAGE_WAIT_SECONDS
from constructs_arq.observability.prometheus.page_time import is_in_time, page_seconds
from constructs_arq.observability.prometheus.rules import RuleGroup, prometheus_rule
from constructs_arq.observability.slo.alert_rules import alert_rules
from constructs_arq.observability.slo.recording_rules import EVALUATION_SECONDS, fast_rules, slow_rules

# A result that is older than five minutes does not count.
_SLOW_INTERVAL_SECONDS: Final = 120
# A counter of failures that is new has no increase before its second scrape. That of slow requests exists.
_SCRAPES: Final[Mapping[type[Config], int]] = {HttpAvailability: 2, HttpLatency: 1}


class PrometheusSlos(Construct):
    """Recording rules and alerts of the objectives whose indicators are metrics of services in the cluster.

    Others are ignored: `DistributionSlos` has them. `scrape_seconds` is the interval of Prometheus.
    `depends_on` has the definitions of the operator.

    Raises:
        ConstructError: if a page would come later than five minutes after a total outage.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        namespace: str,
        slos: Sequence[Slo],
        scrape_seconds: int,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id)
        for slo in slos:
            self._require_page_in_time(slo, scrape_seconds)
        self.groups: tuple[RuleGroup, ...] = tuple(group for slo in slos for group in rule_groups(slo))
        if self.groups:
            rule = prometheus_rule(self, namespace=namespace, groups=self.groups)
            CustomObjects(self, "rules", namespace=namespace, objects=[rule], depends_on=depends_on)

    def _require_page_in_time(self, slo: Slo, scrape_seconds: int) -> None:
        if Severity.CRITICAL not in slo.severities:
            return
        scrapes = _SCRAPES.get(type(slo.indicator))
        if scrapes is None:
            return
        seconds = page_seconds(
            scrape_seconds=scrapes * scrape_seconds,
            evaluation_seconds=EVALUATION_SECONDS,
            for_seconds=0,
            window_seconds=slo.seconds_to_detect_outage,
            group_wait_seconds=PAGE_WAIT_SECONDS,
        )
        if not is_in_time(seconds):
            raise ConstructError(self.node.path, describe_late_page(slo, seconds), fix=LATE_PAGE_FIX)


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
