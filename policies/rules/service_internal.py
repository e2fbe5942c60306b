"""Reach of Kubernetes services."""

from policies.rule import rule
from policies.stack import Block, Stack, as_list
from policies.verdict import Verdict, all_pass, is_one_of, pass_if


@rule(
    id="CKV_ARQ_40",
    severity="HIGH",
    on=("kubernetes_service_v1", "kubernetes_service"),
    why="The cluster opens a port on nodes or makes a load balancer that no rule of the AWS stack evaluates.",
    link="https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
)
def service_internal(service: Block, _: Stack) -> Verdict:
    """Services must be reachable in the cluster only: set type to ClusterIP, and add a route."""
    type_ = service.get("spec.type")
    return all_pass(
        (
            Verdict.PASS if type_ is None else is_one_of(type_, ("ClusterIP",)),
            pass_if(not as_list(service.get("spec.external_ips"))),
        )
    )
