"""Network ACLs: a second layer of protection for each tier, in case a security group is too open.

ACLs are stateless, so replies need rules as well. The default ACL denies all traffic (see `defaults`), so a
subnet that someone adds by hand has no network access.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from cdktf_cdktf_provider_aws.network_acl import NetworkAcl, NetworkAclEgress, NetworkAclIngress
from constructs import Construct

from constructs_arq.network.address_plan import ANY_IPV4, ANY_IPV6, Tier
from constructs_arq.network.zone_subnet import TierSettings

_ALL_PROTOCOLS = "-1"  # requires port 0
_HTTPS = (443, 443)
_FTP_AND_SSH = (20, 22)
# Source ports of services in isolated subnets: AWS runs all of them on Linux.
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
_LINUX_EPHEMERAL = (32768, 65535)


_Direction = TypeVar("_Direction", NetworkAclIngress, NetworkAclEgress)


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """A rule of an ACL. The matching rule with the lowest `number` applies."""

    number: int
    action: str = "allow"
    protocol: str = _ALL_PROTOCOLS
    ports: tuple[int, int] = (0, 0)
    ipv4: str | None = None
    ipv6: str | None = None


def create_internet_acl(
    scope: Construct, *, settings: TierSettings, tier: Tier, subnet_ids: Sequence[str]
) -> None:
    """Create the ACL of subnets with internet access. It denies FTP and SSH from outside the VPC.

    Port 3389 (RDP) stays open: NAT gateways and masqueraded pods use any port above 1023 as source port, so
    a rule would drop the replies to one connection in 64,512. Nothing listens on that port.
    """
    inbound = [
        *_vpc_rules(settings),
        _Rule(number=200, action="deny", protocol="tcp", ports=_FTP_AND_SSH, ipv4=ANY_IPV4),
        _Rule(number=300, ipv4=ANY_IPV4),
    ]
    outbound = [_Rule(number=100, ipv4=ANY_IPV4)]
    if settings.ipv6_cidr:
        inbound += [
            _Rule(number=201, action="deny", protocol="tcp", ports=_FTP_AND_SSH, ipv6=ANY_IPV6),
            _Rule(number=301, ipv6=ANY_IPV6),
        ]
        outbound.append(_Rule(number=101, ipv6=ANY_IPV6))
    _create_acl(scope, settings, tier, subnet_ids, inbound, outbound)


def create_internal_acl(
    scope: Construct, *, settings: TierSettings, tier: Tier, subnet_ids: Sequence[str]
) -> None:
    """Create the ACL of subnets without internet access. It allows HTTPS out, for gateway endpoints.

    An ACL can't refer to S3's address ranges. The route table can, and has no other route out.
    """
    inbound = [
        *_vpc_rules(settings),
        _Rule(number=200, protocol="tcp", ports=_LINUX_EPHEMERAL, ipv4=ANY_IPV4),
    ]
    outbound = [*_vpc_rules(settings), _Rule(number=200, protocol="tcp", ports=_HTTPS, ipv4=ANY_IPV4)]
    _create_acl(scope, settings, tier, subnet_ids, inbound, outbound)


def _vpc_rules(settings: TierSettings) -> list[_Rule]:
    rules = [_Rule(number=100, ipv4=settings.network.cidr)]
    if settings.ipv6_cidr:
        rules.append(_Rule(number=101, ipv6=settings.ipv6_cidr))
    return rules


def _create_acl(
    scope: Construct,
    settings: TierSettings,
    tier: Tier,
    subnet_ids: Sequence[str],
    inbound: Sequence[_Rule],
    outbound: Sequence[_Rule],
) -> None:
    NetworkAcl(
        scope,
        "acl",
        vpc_id=settings.network.vpc_id,
        subnet_ids=subnet_ids,
        ingress=_entries(NetworkAclIngress, inbound),
        egress=_entries(NetworkAclEgress, outbound),
        tags={"Name": f"{settings.name}-{tier}"},
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
