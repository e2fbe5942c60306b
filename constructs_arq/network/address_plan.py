"""Calculates the address range of each subnet from the VPC's range, the tier and the zone.

Each tier and zone has a fixed slot in the VPC's range. The slot depends only on the tier and the number at
the end of the zone's id (`euw1-az3` is 3). So adding or removing a zone changes the range of no other subnet.

The range is divided into eighths. A private subnet, which holds nodes and pods, gets one eighth. The public
and the isolated tier have the last two eighths, each divided into eighths again:

    | private az1 | az2 | az3 | az4 | az5 | az6 | public az1 ... az6 | isolated az1 ... az6 |
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network
from itertools import combinations

LARGEST_PREFIX, SMALLEST_PREFIX = 16, 22
"""A VPC is at most a /16. Below a /22, public subnets would be smaller than a /28, AWS's minimum.

https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

ANY_IPV4 = "0.0.0.0/0"
ANY_IPV6 = "::/0"

_PARTS = 8
_PUBLIC_PART, _ISOLATED_PART = 6, 7
_SLOTS = _PARTS * _PARTS  # the smallest slot is an eighth of an eighth
_IPV6_SUBNETS = 256  # /64s in the /56 that AWS gives to a VPC

_ZONE_ID = re.compile(r"[a-z]+[0-9]+-az([1-6])")

_COMPASS = {
    **{direction: direction[0] for direction in ("north", "south", "east", "west", "central")},
    **{f"{ns}{ew}": f"{ns[0]}{ew[0]}" for ns in ("north", "south") for ew in ("east", "west")},
}

# Private ranges: RFC 1918, and RFC 6598, which AWS accepts as well.
_PRIVATE_RANGES = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))


class Tier(StrEnum):
    """The networks that a subnet's routes lead to."""

    PUBLIC = "public"
    """The internet, in both directions."""
    PRIVATE = "private"
    """The internet through NAT, outbound only."""
    ISOLATED = "isolated"
    """The VPC, and the account's own S3 buckets and DynamoDB tables."""


class AddressError(ValueError):
    """An address range or a zone that the plan can't use, and the fix."""

    def __init__(self, message: str, *, got: str, fix: str) -> None:
        super().__init__(f"{message}, got {got!r}. {fix}")
        self.message = message
        self.fix = fix


@dataclass(frozen=True)
class AddressPlan:
    """The address ranges of all possible subnets of a VPC.

    Raises:
        AddressError: if `cidr` is not a /16 to /22 of private addresses.
    """

    cidr: str

    def __post_init__(self) -> None:
        vpc = parse_ipv4_range(self.cidr)
        if not LARGEST_PREFIX <= vpc.prefixlen <= SMALLEST_PREFIX:
            raise AddressError(
                f"must be a /{LARGEST_PREFIX} to /{SMALLEST_PREFIX}",
                got=self.cidr,
                fix=f"Use a prefix from /{LARGEST_PREFIX}, the largest, to /{SMALLEST_PREFIX}.",
            )
        if not any(vpc.subnet_of(private) for private in _PRIVATE_RANGES):
            raise AddressError(
                "must be private addresses",
                got=self.cidr,
                fix=f"Use a part of {', '.join(map(str, _PRIVATE_RANGES))}.",
            )

    def ipv4(self, tier: Tier, zone_id: str) -> IPv4Network:
        """Return the subnet's IPv4 range: an eighth of the VPC if private, else a sixty-fourth."""
        vpc = IPv4Network(self.cidr)
        slot, size = _slots(tier, zone_id)
        addresses = vpc.num_addresses // _SLOTS
        first = vpc.network_address + slot * addresses
        prefix = vpc.max_prefixlen - (size * addresses - 1).bit_length()
        return IPv4Network((first, prefix))

    def ipv6_index(self, tier: Tier, zone_id: str) -> int:
        """Return the index of the subnet's /64 among the 256 in the VPC's IPv6 /56: the first of its slot.

        AWS chooses the /56, so the range itself is unknown until the VPC exists.
        """
        slot, _ = _slots(tier, zone_id)
        return slot * (_IPV6_SUBNETS // _SLOTS)


def zone_number(zone_id: str) -> int:
    """Return the number at the end of a zone's id: 3 for `euw1-az3`.

    Raises:
        AddressError: if it is not a zone's id. Zone names such as `eu-west-1a` are refused, because they
            refer to different data centers in different accounts.
            https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html
    """
    match = _ZONE_ID.fullmatch(zone_id)
    if match is None:
        raise AddressError(
            "must be an availability zone's id, ending in az1 to az6",
            got=zone_id,
            fix='Use the id, such as "euw1-az1", not the name "eu-west-1a", which differs between accounts.',
        )
    return int(match[1])


def zone_prefix(region: str) -> str:
    """Return the prefix of a region's zone ids: `euw1` for `eu-west-1`."""
    *area, direction, number = region.split("-")
    return f"{area[0]}{''.join(part[0] for part in area[1:])}{_COMPASS.get(direction, direction)}{number}"


def parse_ipv4_range(cidr: str) -> IPv4Network:
    """Parse an IPv4 range.

    Raises:
        AddressError: if it is malformed, or has bits set after its prefix.
    """
    try:
        return IPv4Network(cidr)
    except ValueError as error:
        reason = str(error).removeprefix(f"{cidr!r} ").removeprefix(f"{cidr} ")
        raise AddressError(
            f"must be an IPv4 range ({reason})", got=cidr, fix='Use one such as "10.40.0.0/16".'
        ) from None


def find_overlaps(ranges: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the pairs of names whose IPv4 ranges overlap, in the mapping's order.

    Networks that overlap can't be connected by peering, a transit gateway or a VPN.
    """
    networks = {name: parse_ipv4_range(cidr) for name, cidr in ranges.items()}
    return [(a, b) for a, b in combinations(networks, 2) if networks[a].overlaps(networks[b])]


def _slots(tier: Tier, zone_id: str) -> tuple[int, int]:
    """Return the first slot of a subnet, and its number of slots, of the 64 in a VPC."""
    zone = zone_number(zone_id) - 1
    match tier:
        case Tier.PRIVATE:
            return zone * _PARTS, _PARTS
        case Tier.PUBLIC:
            return _PUBLIC_PART * _PARTS + zone, 1
        case Tier.ISOLATED:
            return _ISOLATED_PART * _PARTS + zone, 1
