"""Network policies of add-ons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

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

_DNS_PORT = "53"
_HTTPS_PORT = "443"
_ANYWHERE = "0.0.0.0/0"
# https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
_POD_IDENTITY_AGENT = "169.254.170.23/32"
_POD_IDENTITY_PORT = "80"


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """The ports on which an add-on receives connections.

    The Kubernetes API calls `webhook_ports`, and so may other addresses of the VPC. All pods of the cluster
    may call `pod_ports`. Pods of the add-on call each other on `own_ports`.
    """

    webhook_ports: Sequence[int] = ()
    pod_ports: Sequence[int] = ()
    own_ports: Sequence[int] = ()


def limit_traffic(
    scope: Construct,
    id: str,
    *,
    name: str,
    namespace: str,
    pods: Mapping[str, str],
    vpc_cidr: str,
    traffic: Traffic,
) -> NetworkPolicyV1:
    """Deny all connections of the pods with the labels `pods`, except `traffic` and what controllers need.

    Controllers need DNS, the Pod Identity agent, and HTTPS to all addresses, since no policy can name AWS and
    the Kubernetes API.
    """
    return NetworkPolicyV1(
        scope,
        id,
        metadata=NetworkPolicyV1Metadata(name=name, namespace=namespace),
        spec=NetworkPolicyV1Spec(
            pod_selector=NetworkPolicyV1SpecPodSelector(match_labels=dict(pods)),
            policy_types=["Ingress", "Egress"],
            ingress=list(_ingress(pods, vpc_cidr, traffic)) or None,
            egress=list(_egress(pods, vpc_cidr, traffic)),
        ),
    )


def _ingress(
    pods: Mapping[str, str], vpc_cidr: str, traffic: Traffic
) -> Iterator[NetworkPolicyV1SpecIngress]:
    # The control plane has network interfaces in the VPC.
    vpc = NetworkPolicyV1SpecIngressFrom(ip_block=NetworkPolicyV1SpecIngressFromIpBlock(cidr=vpc_cidr))
    every_pod = NetworkPolicyV1SpecIngressFrom(
        namespace_selector=NetworkPolicyV1SpecIngressFromNamespaceSelector()
    )
    own_pods = NetworkPolicyV1SpecIngressFrom(
        pod_selector=NetworkPolicyV1SpecIngressFromPodSelector(match_labels=dict(pods))
    )
    for source, ports in (
        (vpc, traffic.webhook_ports),
        (every_pod, traffic.pod_ports),
        (own_pods, traffic.own_ports),
    ):
        if ports:
            yield NetworkPolicyV1SpecIngress(
                from_=[source],
                ports=[NetworkPolicyV1SpecIngressPorts(port=str(port), protocol="TCP") for port in ports],
            )


def _egress(pods: Mapping[str, str], vpc_cidr: str, traffic: Traffic) -> Iterator[NetworkPolicyV1SpecEgress]:
    yield NetworkPolicyV1SpecEgress(
        # CoreDNS, and the resolver of the VPC for pods with the DNS of their node.
        to=[
            NetworkPolicyV1SpecEgressTo(
                namespace_selector=NetworkPolicyV1SpecEgressToNamespaceSelector(
                    match_labels={"kubernetes.io/metadata.name": "kube-system"}
                ),
                pod_selector=NetworkPolicyV1SpecEgressToPodSelector(match_labels={"k8s-app": "kube-dns"}),
            ),
            _to_range(vpc_cidr),
        ],
        ports=[
            NetworkPolicyV1SpecEgressPorts(port=_DNS_PORT, protocol=protocol) for protocol in ("UDP", "TCP")
        ],
    )
    yield NetworkPolicyV1SpecEgress(to=[_to_range(_ANYWHERE)], ports=[_tcp(_HTTPS_PORT)])
    yield NetworkPolicyV1SpecEgress(to=[_to_range(_POD_IDENTITY_AGENT)], ports=[_tcp(_POD_IDENTITY_PORT)])
    if traffic.own_ports:
        own_pods = NetworkPolicyV1SpecEgressToPodSelector(match_labels=dict(pods))
        yield NetworkPolicyV1SpecEgress(
            to=[NetworkPolicyV1SpecEgressTo(pod_selector=own_pods)],
            ports=[_tcp(str(port)) for port in traffic.own_ports],
        )


def _to_range(cidr: str) -> NetworkPolicyV1SpecEgressTo:
    return NetworkPolicyV1SpecEgressTo(ip_block=NetworkPolicyV1SpecEgressToIpBlock(cidr=cidr))


def _tcp(port: str) -> NetworkPolicyV1SpecEgressPorts:
    return NetworkPolicyV1SpecEgressPorts(port=port, protocol="TCP")
