"""Checks of CIDR blocks: syntax, host bits, IP version and size."""

import ipaddress
from collections.abc import Iterator

from arqctl.offline.aws.checks.resource import Resource, as_list, make_error, walk_arguments
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_PREFIX_LENGTHS = {
    "aws_vpc": (16, 28),
    "aws_subnet": (16, 28),
    "aws_default_vpc": (16, 28),
    "aws_vpc_ipv4_cidr_block_association": (16, 28),
}


def check_cidrs(resource: Resource) -> Iterator[Diagnostic]:
    """Check every argument with `cidr` in its name, at any depth."""
    for top, name, value in walk_arguments(resource.values):
        if "cidr" in name and not name.endswith(("_id", "_ids")):
            for each in [value, *as_list(value)]:
                yield from _check_cidr(top, name, each)


def check_size(resource: Resource) -> Iterator[Diagnostic]:
    """Check the size of a VPC's or subnet's CIDR block."""
    given = resource.get_text("cidr_block")
    network, (largest, smallest) = parse_network(given), _PREFIX_LENGTHS[resource.type]
    if isinstance(network, ipaddress.IPv4Network) and not largest <= network.prefixlen <= smallest:
        yield make_error(
            "Invalid size of a CIDR block",
            f"cidr_block is {given}. AWS accepts /{largest} (largest) to /{smallest} (smallest).",
            "cidr_block",
        )


def parse_network(value: Value) -> Network | None:
    """Parse a network, with or without host bits. Return None if the value is unknown or not a network."""
    if not isinstance(value, str) or "/" not in value:
        return None
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


def is_within(block: Network, container: Network) -> bool:
    """Return whether a block lies within another block of the same IP version."""
    if isinstance(block, ipaddress.IPv4Network) and isinstance(container, ipaddress.IPv4Network):
        return block.subnet_of(container)
    if isinstance(block, ipaddress.IPv6Network) and isinstance(container, ipaddress.IPv6Network):
        return block.subnet_of(container)
    return False


def _check_cidr(top: str, name: str, value: Value) -> Iterator[Diagnostic]:
    if not isinstance(value, str) or not value:
        return
    network = parse_network(value)
    if network is None:
        yield make_error(
            "Invalid CIDR block",
            f"{name} is {value!r}. Write an address and a prefix length, like 10.0.0.0/16.",
            top,
        )
    elif ipaddress.ip_interface(value).ip != network.network_address:
        yield make_error(
            "CIDR block with host bits",
            f"{name} is {value}, which is not the first address of its block. Write {network}.",
            top,
        )
    elif (version := _ip_version(name)) and network.version != version:
        yield make_error(
            "CIDR block of the wrong IP version", f"{name} is {value}. Use an IPv{version} block.", top
        )


def _ip_version(name: str) -> int | None:
    if "ipv6" in name:
        return 6
    return 4 if "ipv4" in name or name in ("cidr_block", "cidr_blocks", "destination_cidr_block") else None
