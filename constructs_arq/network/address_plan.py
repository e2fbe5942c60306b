"""Which addresses belong to which subnet, decided once and for ever, by arithmetic alone.

Every (tier, zone) owns a slot of the VPC's range. The slot follows from the tier and from the number
at the end of the zone's id (`euw1-az3` is 3), never from the other zones in use, so adding or removing
a zone or a tier changes no other address.

The range is cut into eighths. Private subnets, where nodes and pods live, get one eighth a zone; the
public and the isolated tier have the last two, each cut into eighths again:

    | private az1 | az2 | az3 | az4 | az5 | az6 | public az1 ... az6 | isolated az1 ... az6 |
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network
from itertools import combinations

LARGEST_PREFIX, SMALLEST_PREFIX = 16, 22
"""A VPC is a /16 at most. Below a /22, its public subnets would be smaller than AWS's smallest, a /28.

https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

EVERYWHERE = "0.0.0.0/0"
EVERYWHERE_IPV6 = "::/0"

_PARTS = 8
_PUBLIC_PART, _ISOLATED_PART = 6, 7
_SLOTS = _PARTS * _PARTS  # the smallest slot is an eighth of an eighth
_IPV6_SUBNETS = 256  # /64s in the /56 that AWS gives to a VPC

_ZONE_ID = re.compile(r"[a-z]+[0-9]+-az([1-6])")

_COMPASS = {
    **{direction: direction[0] for direction in ("north", "south", "east", "west", "central")},
    **{f"{ns}{ew}": f"{ns[0]}{ew[0]}" for ns in ("north", "south") for ew in ("east", "west")},
}

# Ranges meant for use inside a network: RFC 1918, and RFC 6598, which AWS accepts as well.
_INTERNAL = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))


class Tier(StrEnum):
    """How far a subnet's traffic may go."""

    PUBLIC = "public"
    """To and from the internet."""
    PRIVATE = "private"
    """To the internet through NAT, never from it."""
    ISOLATED = "isolated"
    """Nowhere but inside the VPC, and to the account's own S3 buckets and DynamoDB tables."""


class AddressError(ValueError):
    """An address range or a zone that the plan has no place for, and the mend."""

    def __init__(self, message: str, *, got: str, fix: str) -> None:
        super().__init__(f"{message}, got {got!r}. {fix}")
        self.message = message
        self.fix = fix


@dataclass(frozen=True)
class AddressPlan:
    """The addresses of every subnet that a VPC may ever have.

    Raises:
        AddressError: unless `cidr` is a /16 to /22 of internal addresses.
    """

    cidr: str

    def __post_init__(self) -> None:
        vpc = ipv4_range(self.cidr)
        if not LARGEST_PREFIX <= vpc.prefixlen <= SMALLEST_PREFIX:
            raise AddressError(
                f"must be a /{LARGEST_PREFIX} to /{SMALLEST_PREFIX}",
                got=self.cidr,
                fix=f"Use a prefix from /{LARGEST_PREFIX}, the largest, to /{SMALLEST_PREFIX}.",
            )
        if not any(vpc.subnet_of(internal) for internal in _INTERNAL):
            raise AddressError(
                "must be addresses for use inside a network",
                got=self.cidr,
                fix=f"Use a part of {', '.join(map(str, _INTERNAL))}.",
            )

    def ipv4(self, tier: Tier, zone_id: str) -> IPv4Network:
        """Give the subnet's IPv4 range: an eighth of the VPC if private, else a sixty-fourth."""
        vpc = IPv4Network(self.cidr)
        slot, size = _slots(tier, zone_id)
        addresses = vpc.num_addresses // _SLOTS
        first = vpc.network_address + slot * addresses
        prefix = vpc.max_prefixlen - (size * addresses - 1).bit_length()
        return IPv4Network((first, prefix))

    def ipv6_index(self, tier: Tier, zone_id: str) -> int:
        """Give the subnet's place among the 256 /64s in the VPC's IPv6 /56: the first in its slot.

        AWS chooses the /56, so the range itself is not known before it exists.
        """
        slot, _ = _slots(tier, zone_id)
        return slot * (_IPV6_SUBNETS // _SLOTS)


def zone_number(zone_id: str) -> int:
    """Give the number that ends a zone's id: 3 for `euw1-az3`.

    Raises:
        AddressError: for anything else. A zone's name, `eu-west-1a`, won't do: which data centre it means
            differs from account to account.
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
    """Give what the ids of a region's zones begin with: `euw1` for `eu-west-1`."""
    *area, direction, number = region.split("-")
    return f"{area[0]}{''.join(part[0] for part in area[1:])}{_COMPASS.get(direction, direction)}{number}"


def ipv4_range(cidr: str) -> IPv4Network:
    """Read `cidr` as a range.

    Raises:
        AddressError: when it isn't one, or has bits set past its prefix.
    """
    try:
        return IPv4Network(cidr)
    except ValueError as error:
        reason = str(error).removeprefix(f"{cidr!r} ").removeprefix(f"{cidr} ")
        raise AddressError(
            f"must be an IPv4 range ({reason})", got=cidr, fix='Use one such as "10.40.0.0/16".'
        ) from None


def overlapping(ranges: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give the pairs of names whose IPv4 ranges share an address, in the mapping's order.

    Networks that overlap can't be joined by peering, a transit gateway or a VPN later on.
    """
    networks = {name: ipv4_range(cidr) for name, cidr in ranges.items()}
    return [(a, b) for a, b in combinations(networks, 2) if networks[a].overlaps(networks[b])]


def _slots(tier: Tier, zone_id: str) -> tuple[int, int]:
    """Give the first slot of a subnet, and how many it has, of the 64 in a VPC."""
    zone = zone_number(zone_id) - 1
    match tier:
        case Tier.PRIVATE:
            return zone * _PARTS, _PARTS
        case Tier.PUBLIC:
            return _PUBLIC_PART * _PARTS + zone, 1
        case Tier.ISOLATED:
            return _ISOLATED_PART * _PARTS + zone, 1
