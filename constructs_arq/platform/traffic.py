"""Network policies of add-ons."""

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.port import Port
from constructs_arq.kubernetes.network_policy import (
    AddressRange,
    Pods,
    allow_dns,
    allow_egress,
    allow_ingress,
    allow_scraping,
    deny_all,
)

_ANYWHERE = AddressRange(cidr="0.0.0.0/0")
# https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
_POD_IDENTITY_AGENT = AddressRange(cidr="169.254.170.23/32")


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """The TCP connections of an add-on besides those that all have.

    It receives connections on `vpc_ports`: of webhooks, because the control plane has addresses in the VPC,
    and of other pods. `own_ports` are for calls between its pods. `server_ports` are those of other servers.
    Prometheus reads metrics on `metrics_ports`.
    """

    vpc_ports: Sequence[int] = ()
    own_ports: Sequence[int] = ()
    server_ports: Sequence[int] = ()
    metrics_ports: Sequence[int] = ()


def limit_traffic(
    scope: Construct, id: str, *, name: str, pods: Pods, vpc_cidr: str, traffic: Traffic
) -> list[ITerraformDependable]:
    """Deny all connections of `pods`, except `traffic` and what controllers need. Return the policies.

    Controllers need DNS, the Pod Identity agent, and HTTPS to all addresses, since no policy can name AWS and
    the Kubernetes API.
    """
    policies = Construct(scope, id)
    vpc = AddressRange(cidr=vpc_cidr)
    made: list[ITerraformDependable] = [
        deny_all(policies, "deny", name=f"{name}-deny", pods=pods),
        allow_dns(policies, "dns", name=f"{name}-dns", pods=pods),
        # The resolver of the VPC is for pods with the DNS of their node.
        allow_egress(
            policies,
            "resolver",
            name=f"{name}-resolver",
            pods=pods,
            to=[vpc],
            ports=[Port.udp(53), Port.tcp(53)],
        ),
        allow_egress(
            policies,
            "https",
            name=f"{name}-https",
            pods=pods,
            to=[_ANYWHERE],
            ports=[Port.tcp(port) for port in sorted({443, *traffic.server_ports})],
        ),
        allow_egress(
            policies,
            "identity",
            name=f"{name}-identity",
            pods=pods,
            to=[_POD_IDENTITY_AGENT],
            ports=[Port.tcp(80)],
        ),
    ]
    if traffic.vpc_ports:
        ports = [Port.tcp(port) for port in traffic.vpc_ports]
        made.append(allow_ingress(policies, "vpc", name=f"{name}-vpc", pods=pods, peers=[vpc], ports=ports))
    if traffic.metrics_ports:
        ports = [Port.tcp(port) for port in traffic.metrics_ports]
        made.append(allow_scraping(policies, "metrics", name=f"{name}-metrics", pods=pods, ports=ports))
    if traffic.own_ports:
        ports = [Port.tcp(port) for port in traffic.own_ports]
        made += [
            allow_ingress(
                policies, "from-own", name=f"{name}-from-own", pods=pods, peers=[pods], ports=ports
            ),
            allow_egress(policies, "to-own", name=f"{name}-to-own", pods=pods, to=[pods], ports=ports),
        ]
    return made
