"""Alerts about targets that Prometheus no longer has. Without targets, no other alert about them can fire.

The label `job` is that of the monitors in the stack.
"""

from collections.abc import Sequence
from typing import Final

from cdktf import ITerraformDependable
from constructs import Construct, IConstruct

from constructs_arq.core.alarm import Severity
from constructs_arq.core.slo import HttpAvailability, Slo
from constructs_arq.kubernetes.custom_objects import CustomObjects
from constructs_arq.observability.prometheus.rules import AlertRule, RuleGroup, prometheus_rule
from constructs_arq.observability.prometheus.workload_alerts import AVAILABLE_BEFORE
from constructs_arq.platform.monitored_jobs import find_jobs

_MINUTE: Final = 60
_UNOBSERVED: Final = "ServiceUnobserved"
_AVAILABLE: Final = "kube_deployment_status_replicas_available"


class TargetRules(Construct):
    """An alert for jobs without targets, and one for each service that nobody can see.

    The jobs are those of all monitors in `root`, so call it after everything that Prometheus reads. The
    services are those with an objective for availability. `depends_on` has the definitions of the operator.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        root: IConstruct,
        namespace: str,
        slos: Sequence[Slo],
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id)
        group = target_alerts(jobs=find_jobs(root), slos=slos)
        CustomObjects(
            self,
            "rules",
            namespace=namespace,
            objects=[prometheus_rule(self, namespace=namespace, groups=[group])],
            depends_on=depends_on,
        )


def target_alerts(*, jobs: Sequence[str], slos: Sequence[Slo]) -> RuleGroup:
    """Return the alerts about `jobs` without targets, and about services that nobody can see."""
    return RuleGroup(name="targets", rules=[_missing_jobs(jobs), *map(_unobserved, _with_availability(slos))])


def _missing_jobs(jobs: Sequence[str]) -> AlertRule:
    absent = " or ".join(f'absent(up{{job="{job}"}})' for job in jobs)
    # A worker without messages has no pod. It has the name of its deployment.
    idle = 'label_replace(max by (deployment) (kube_deployment_spec_replicas) == 0, "job", "$1", "deployment"'
    return AlertRule(
        alert="TargetsMissing",
        expr=f'({absent}) unless on (job) {idle}, "(.+)")',
        for_seconds=15 * _MINUTE,
        severity=Severity.WARNING,
        summary="Prometheus has no target of the job {{ $labels.job }}: no alert about it can fire",
        runbook="targets-missing",
    )


def _with_availability(slos: Sequence[Slo]) -> list[tuple[str, str]]:
    """Return the namespaces and names of services with an objective for availability."""
    return sorted(
        {
            (slo.indicator.namespace, slo.service)
            for slo in slos
            if isinstance(slo.indicator, HttpAvailability)
        }
    )


def _unobserved(service: tuple[str, str]) -> AlertRule:
    """Return the page for a service without an answer whose deployment nobody sees.

    `ServiceDown` and the lost requests of the objective need the deployment in kube-state-metrics.
    `ServiceNotAnswering` needs targets, and there are none without pods. Before its installation, a service
    has no deployment either. So it pages for one that had pods within the last hour, and until a pod answers.
    """
    namespace, name = service
    labels = f'namespace="{namespace}", service="{name}"'
    deployment = f'namespace="{namespace}", deployment="{name}"'
    existed = (
        f"(count({AVAILABLE_BEFORE}{{{deployment}}} > 0)"
        f' or count(ALERTS{{alertname="{_UNOBSERVED}", alertstate="firing", {labels}}}))'
    )
    return AlertRule(
        alert=_UNOBSERVED,
        expr=(
            f"absent(up{{{labels}}} == 1) and on () (absent({_AVAILABLE})"
            f" or absent({_AVAILABLE}{{{deployment}}}) and on () {existed})"
        ),
        for_seconds=_MINUTE,
        severity=Severity.CRITICAL,
        summary=f"No pod of {namespace}/{name} answers, and nobody sees its deployment",
        runbook="service-unobserved",
        labels={"namespace": namespace, "service": name},
    )
