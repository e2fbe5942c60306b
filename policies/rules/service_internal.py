"""Reach of Kubernetes services."""

from collections.abc import Iterator

from policies.helm_values import chart_values, settings
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, is_expression, is_one_of, pass_if

_REACHABLE_TYPES = ("ExternalName", "LoadBalancer", "NodePort")
# In values, for a service of any type.
_ADDRESSES = frozenset(
    {
        "externalips",
        "loadbalancerclass",
        "loadbalancerip",
        "loadbalancersourceranges",
        "nodeport",
        "nodeports",
    }
)


@rule(
    id="CKV_ARQ_40",
    severity="HIGH",
    on=("kubernetes_service_v1", "kubernetes_service", "helm_release"),
    why="The cluster opens a port on nodes or makes a load balancer that no rule of the AWS stack evaluates.",
    link="https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
)
def service_internal(owner: Block, _: Stack) -> Verdict:
    """Services must be reachable in the cluster only: set type to ClusterIP, and add a route."""
    if owner.type == "helm_release":
        values = chart_values(owner)
        if values is None:
            return Verdict.UNKNOWN
        return all_pass(each for value in values for each in _values_verdicts(value))
    type_ = owner.get("spec.type")
    return all_pass(
        (
            Verdict.PASS if type_ is None else is_one_of(type_, ("ClusterIP",)),
            pass_if(not as_list(owner.get("spec.external_ips"))),
        )
    )


def _values_verdicts(values: Json) -> Iterator[Verdict]:
    """Evaluate services of charts, and those that a NginxProxy describes."""
    for name, value in settings(values):
        lower = name.lower()
        if lower.endswith("service") and at(value, "type") is not None:
            yield is_one_of(at(value, "type"), ("ClusterIP",))
        elif lower.endswith("type") and isinstance(value, str):
            is_service = lower.endswith("servicetype")
            yield (
                Verdict.UNKNOWN
                if is_service and is_expression(value)
                else pass_if(value not in _REACHABLE_TYPES)
            )
        elif lower in _ADDRESSES:
            yield pass_if(value in (None, 0, "", [], {}))
