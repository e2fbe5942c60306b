"""Peers of Kubernetes network policies."""

from collections.abc import Iterator

from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, is_expression, pass_if

_PEERS = {"ingress": "from", "egress": "to"}


@rule(
    id="CKV_ARQ_41",
    severity="HIGH",
    on=("kubernetes_network_policy_v1", "kubernetes_network_policy"),
    why="A rule without peers allows all of them, and allowed connections of all policies add up.",
    link="https://kubernetes.io/docs/concepts/services-networking/network-policies/",
)
def network_policy_peers(policy: Block, _: Stack) -> Verdict:
    """Network policies must name peers and ports: set from or to, and ports, in each rule."""
    spec = policy.get("spec")
    if not as_list(at(spec, "policy_types")):
        return Verdict.UNKNOWN if is_expression(spec) else Verdict.FAIL
    return all_pass(_verdicts(spec))


def _verdicts(spec: Json) -> Iterator[Verdict]:
    for direction, peers in _PEERS.items():
        for each in as_list(at(spec, direction)):
            for name in (peers, "ports"):
                value = at(each, name)
                yield Verdict.UNKNOWN if is_expression(value) else pass_if(bool(as_list(value)))
