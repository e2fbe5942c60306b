"""Peers of Kubernetes network policies."""

from collections.abc import Iterator

from policies.ip_ranges import is_private_range
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, as_number, is_expression, pass_if

_PEERS = {"ingress": "from", "egress": "to"}
_MOST_PORTS = 1000


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
    for direction, name in _PEERS.items():
        for each in as_list(at(spec, direction)):
            peers, ports = as_list(at(each, name)), as_list(at(each, "ports"))
            yield pass_if(bool(peers) and bool(ports))
            yield from (_peer_verdict(peer, direction) for peer in peers)
            # Pods of any kind may be asked for metrics, but not the internet.
            may_have_all_ports = direction == "egress" and all(map(_is_internal, peers))
            yield from (_port_verdict(port, may_have_all_ports=may_have_all_ports) for port in ports)


def _peer_verdict(peer: Json, direction: str) -> Verdict:
    if is_expression(peer):
        return Verdict.UNKNOWN
    block, namespaces, pods = (at(peer, name) for name in ("ip_block", "namespace_selector", "pod_selector"))
    if direction == "egress":
        # Pods may connect to the internet, and so to all pods, on named ports: policies of these pods decide.
        return pass_if(any(each is not None for each in (block, namespaces, pods)))
    if block is not None:
        return is_private_range(at(block, "cidr"))
    # Pods without a namespace are in that of the policy.
    selected = pods if namespaces is None else namespaces
    if is_expression(selected):
        return Verdict.UNKNOWN
    return pass_if(bool(at(selected, "match_labels") or at(selected, "match_expressions")))


def _is_internal(peer: Json) -> bool:
    block = at(peer, "ip_block")
    return block is None or is_private_range(at(block, "cidr")) is Verdict.PASS


def _port_verdict(port: Json, *, may_have_all_ports: bool) -> Verdict:
    first, last = at(port, "port"), at(port, "end_port")
    if any(map(is_expression, (port, first, last))):
        return Verdict.UNKNOWN
    if last is None or may_have_all_ports:
        return pass_if(first not in (None, ""))
    lowest, highest = as_number(first), as_number(last)
    return pass_if(lowest is not None and highest is not None and highest - lowest < _MOST_PORTS)
