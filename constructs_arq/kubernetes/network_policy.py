"""Network policies: which pods may connect to which peers, on which ports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cdktf_cdktf_provider_kubernetes.network_policy_v1 import (
    NetworkPolicyV1,
    NetworkPolicyV1Metadata,
    NetworkPolicyV1Spec,
    NetworkPolicyV1SpecEgress,
    NetworkPolicyV1SpecEgressPorts,
    NetworkPolicyV1SpecEgressTo,
    NetworkPolicyV1SpecEgressToIpBlock,
    NetworkPolicyV1SpecEgressToNamespaceSelector,
    NetworkPolicyV1SpecEgressToPodSelector,
    NetworkPolicyV1SpecIngress,
    NetworkPolicyV1SpecIngressFrom,
    NetworkPolicyV1SpecIngressFromIpBlock,
    NetworkPolicyV1SpecIngressFromNamespaceSelector,
    NetworkPolicyV1SpecIngressFromPodSelector,
    NetworkPolicyV1SpecIngressPorts,
    NetworkPolicyV1SpecPodSelector,
)
from constructs import Construct

from constructs_arq.core.port import Port

# Kubernetes gives each namespace this label.
_NAMESPACE_LABEL = "kubernetes.io/metadata.name"
_DNS = (Port.udp(53), Port.tcp(53))


@dataclass(frozen=True, kw_only=True)
class Pods:
    """Pods of a namespace with all of `labels`; all of its pods without labels."""

    namespace: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AddressRange:
    """IPv4 addresses, without those in `excluded`."""

    cidr: str
    excluded: tuple[str, ...] = ()


NetworkPeer = Pods | AddressRange

# The labels are those of the Prometheus Operator.
PROMETHEUS = Pods(namespace="monitoring", labels={"app.kubernetes.io/name": "prometheus"})
"""The pods that read metrics."""
GRAFANA = Pods(namespace="grafana", labels={"app.kubernetes.io/name": "grafana"})
"""The pods that show dashboards."""


def deny_all(scope: Construct, id: str, *, name: str, pods: Pods) -> NetworkPolicyV1:
    """Deny all connections of `pods` that no other policy allows."""
    return NetworkPolicyV1(
        scope,
        id,
        metadata=NetworkPolicyV1Metadata(name=name, namespace=pods.namespace),
        spec=NetworkPolicyV1Spec(pod_selector=_selector(pods), policy_types=["Ingress", "Egress"]),
    )


def allow_egress(
    scope: Construct,
    id: str,
    *,
    name: str,
    pods: Pods,
    to: Sequence[NetworkPeer],
    ports: Sequence[Port],
    why: str | None = None,
) -> NetworkPolicyV1:
    """Let `pods` connect to the peers. `name` must be unique in their namespace."""
    return NetworkPolicyV1(
        scope,
        id,
        metadata=_metadata(name, pods, why),
        spec=NetworkPolicyV1Spec(
            pod_selector=_selector(pods),
            policy_types=["Egress"],
            egress=[
                NetworkPolicyV1SpecEgress(
                    to=[_destination(peer) for peer in to],
                    ports=[
                        NetworkPolicyV1SpecEgressPorts(
                            protocol=port.protocol.upper(), port=str(port.first), end_port=_end_port(port)
                        )
                        for port in ports
                    ],
                )
            ],
        ),
    )


def allow_ingress(
    scope: Construct,
    id: str,
    *,
    name: str,
    pods: Pods,
    peers: Sequence[NetworkPeer],
    ports: Sequence[Port],
    why: str | None = None,
) -> NetworkPolicyV1:
    """Let the peers connect to `pods`. `name` must be unique in the namespace of the pods."""
    return NetworkPolicyV1(
        scope,
        id,
        metadata=_metadata(name, pods, why),
        spec=NetworkPolicyV1Spec(
            pod_selector=_selector(pods),
            policy_types=["Ingress"],
            ingress=[
                NetworkPolicyV1SpecIngress(
                    from_=[_source(peer) for peer in peers],
                    ports=[
                        NetworkPolicyV1SpecIngressPorts(
                            protocol=port.protocol.upper(), port=str(port.first), end_port=_end_port(port)
                        )
                        for port in ports
                    ],
                )
            ],
        ),
    )


def allow_dns(scope: Construct, id: str, *, name: str, pods: Pods) -> NetworkPolicyV1:
    """Let `pods` ask the cluster's DNS servers."""
    servers = Pods(namespace="kube-system", labels={"k8s-app": "kube-dns"})
    return allow_egress(scope, id, name=name, pods=pods, to=[servers], ports=_DNS)


def allow_scraping(
    scope: Construct, id: str, *, name: str, pods: Pods, ports: Sequence[Port]
) -> NetworkPolicyV1:
    """Let Prometheus read the metrics of `pods`."""
    return allow_ingress(
        scope,
        id,
        name=name,
        pods=pods,
        peers=[PROMETHEUS],
        ports=ports,
        why="Prometheus reads the metrics",
    )


def _metadata(name: str, pods: Pods, why: str | None) -> NetworkPolicyV1Metadata:
    annotations = None if why is None else {"kubernetes.io/description": why}
    return NetworkPolicyV1Metadata(name=name, namespace=pods.namespace, annotations=annotations)


def _selector(pods: Pods) -> NetworkPolicyV1SpecPodSelector:
    return NetworkPolicyV1SpecPodSelector(match_labels=dict(pods.labels) or None)


def _end_port(port: Port) -> int | None:
    return None if port.first == port.last else port.last


def _destination(peer: NetworkPeer) -> NetworkPolicyV1SpecEgressTo:
    if isinstance(peer, AddressRange):
        block = NetworkPolicyV1SpecEgressToIpBlock(cidr=peer.cidr, except_=list(peer.excluded) or None)
        return NetworkPolicyV1SpecEgressTo(ip_block=block)
    labels = {_NAMESPACE_LABEL: peer.namespace}
    namespace = NetworkPolicyV1SpecEgressToNamespaceSelector(match_labels=labels)
    pods = NetworkPolicyV1SpecEgressToPodSelector(match_labels=dict(peer.labels)) if peer.labels else None
    return NetworkPolicyV1SpecEgressTo(namespace_selector=namespace, pod_selector=pods)


def _source(peer: NetworkPeer) -> NetworkPolicyV1SpecIngressFrom:
    if isinstance(peer, AddressRange):
        block = NetworkPolicyV1SpecIngressFromIpBlock(cidr=peer.cidr, except_=list(peer.excluded) or None)
        return NetworkPolicyV1SpecIngressFrom(ip_block=block)
    namespace = NetworkPolicyV1SpecIngressFromNamespaceSelector(
        match_labels={_NAMESPACE_LABEL: peer.namespace}
    )
    pods = NetworkPolicyV1SpecIngressFromPodSelector(match_labels=dict(peer.labels)) if peer.labels else None
    return NetworkPolicyV1SpecIngressFrom(namespace_selector=namespace, pod_selector=pods)
