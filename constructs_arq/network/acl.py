"""Network ACLs: a second, coarse fence around each tier, for the day a security group is wrong.

They are stateless, so a reply needs a rule as much as a request does. The default ACL lets nothing through
(see `defaults`): a subnet that someone adds by hand can talk to nobody until it is thought about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from cdktf_cdktf_provider_aws.network_acl import NetworkAcl, NetworkAclEgress, NetworkAclIngress
from constructs import Construct

from constructs_arq.network.address_plan import EVERYWHERE, EVERYWHERE_IPV6, Tier
from constructs_arq.network.zone_subnet import Layout

_ALL = "-1"  # AWS's word for every protocol; the ports must then be 0
_HTTPS = (443, 443)
_FTP_AND_SSH = (20, 22)
# What services in isolated subnets send from; everything AWS runs there is Linux.
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
_LINUX_EPHEMERAL = (32768, 65535)


_Direction = TypeVar("_Direction", NetworkAclIngress, NetworkAclEgress)


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """One entry of an ACL. The lowest `number` that fits a packet decides."""

    number: int
    action: str = "allow"
    protocol: str = _ALL
    ports: tuple[int, int] = (0, 0)
    ipv4: str | None = None
    ipv6: str | None = None


def open_acl(scope: Construct, *, layout: Layout, tier: Tier, subnet_ids: Sequence[str]) -> None:
    """Fence subnets that talk to the internet: everything but FTP and SSH from outside the VPC.

    RDP's port, 3389, stays open on purpose. NAT gateways and masqueraded pods send from any port above 1023,
    so denying it would drop the replies to one connection in 64,512, for no gain: nothing listens on it.
    """
    inbound = [
        *_inside(layout),
        _Rule(number=200, action="deny", protocol="tcp", ports=_FTP_AND_SSH, ipv4=EVERYWHERE),
        _Rule(number=300, ipv4=EVERYWHERE),
    ]
    outbound = [_Rule(number=100, ipv4=EVERYWHERE)]
    if layout.ipv6_cidr:
        inbound += [
            _Rule(number=201, action="deny", protocol="tcp", ports=_FTP_AND_SSH, ipv6=EVERYWHERE_IPV6),
            _Rule(number=301, ipv6=EVERYWHERE_IPV6),
        ]
        outbound.append(_Rule(number=101, ipv6=EVERYWHERE_IPV6))
    _acl(scope, layout, tier, subnet_ids, inbound, outbound)


def inside_acl(scope: Construct, *, layout: Layout, tier: Tier, subnet_ids: Sequence[str]) -> None:
    """Fence subnets that stay inside the VPC, but for HTTPS, by which gateway endpoints are reached.

    An ACL can't name S3's address ranges. The route table does, and leads nowhere else.
    """
    inbound = [*_inside(layout), _Rule(number=200, protocol="tcp", ports=_LINUX_EPHEMERAL, ipv4=EVERYWHERE)]
    outbound = [*_inside(layout), _Rule(number=200, protocol="tcp", ports=_HTTPS, ipv4=EVERYWHERE)]
    _acl(scope, layout, tier, subnet_ids, inbound, outbound)


def _inside(layout: Layout) -> list[_Rule]:
    rules = [_Rule(number=100, ipv4=layout.network.cidr)]
    if layout.ipv6_cidr:
        rules.append(_Rule(number=101, ipv6=layout.ipv6_cidr))
    return rules


def _acl(
    scope: Construct,
    layout: Layout,
    tier: Tier,
    subnet_ids: Sequence[str],
    inbound: Sequence[_Rule],
    outbound: Sequence[_Rule],
) -> None:
    NetworkAcl(
        scope,
        "acl",
        vpc_id=layout.network.vpc_id,
        subnet_ids=subnet_ids,
        ingress=_entries(NetworkAclIngress, inbound),
        egress=_entries(NetworkAclEgress, outbound),
        tags={"Name": f"{layout.name}-{tier}"},
    )


def _entries(direction: type[_Direction], rules: Sequence[_Rule]) -> list[_Direction]:
    return [
        direction(
            rule_no=rule.number,
            action=rule.action,
            protocol=rule.protocol,
            from_port=rule.ports[0],
            to_port=rule.ports[1],
            cidr_block=rule.ipv4,
            ipv6_cidr_block=rule.ipv6,
        )
        for rule in rules
    ]
