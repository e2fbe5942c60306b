"""Tests that a subnet's range depends on its tier and zone only."""

import re
from ipaddress import IPv4Network
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_arq.network.address_plan import (
    AddressError,
    AddressPlan,
    Tier,
    find_overlaps,
    parse_ipv4_range,
    zone_number,
    zone_prefix,
)

ZONES = tuple(f"euw1-az{number}" for number in range(1, 7))
DOCUMENT = Path(__file__).parents[2] / "docs/network.md"
EVERY_SLOT = tuple(product(Tier, ZONES))


@st.composite
def internal_ranges(draw: st.DrawFn, largest: int = 16, smallest: int = 22) -> str:
    prefix = draw(st.integers(largest, smallest))
    outer = IPv4Network(draw(st.sampled_from(("10.0.0.0/8", "172.16.0.0/12", "100.64.0.0/10"))))
    position = draw(st.integers(0, 2 ** (prefix - outer.prefixlen) - 1))
    return str(IPv4Network((outer.network_address + position * 2 ** (32 - prefix), prefix)))


@given(internal_ranges())
def test_no_two_slots_share_an_address(cidr: str) -> None:
    plan = AddressPlan(cidr)
    for one, other in combinations(EVERY_SLOT, 2):
        assert not plan.ipv4(*one).overlaps(plan.ipv4(*other))
        assert plan.ipv6_index(*one) != plan.ipv6_index(*other)


@given(internal_ranges())
def test_every_slot_lies_in_the_vpc_and_aws_accepts_its_size(cidr: str) -> None:
    plan = AddressPlan(cidr)
    for slot in EVERY_SLOT:
        subnet = plan.ipv4(*slot)
        assert subnet.subnet_of(IPv4Network(cidr))
        assert 16 <= subnet.prefixlen <= 28
        assert 0 <= plan.ipv6_index(*slot) < 256


@given(internal_ranges(), st.sampled_from(EVERY_SLOT))
def test_a_slot_is_the_same_wherever_and_whenever_it_is_asked_for(cidr: str, slot: tuple[Tier, str]) -> None:
    assert AddressPlan(cidr).ipv4(*slot) == AddressPlan(cidr).ipv4(*slot)


@given(st.sampled_from(EVERY_SLOT))
def test_the_position_in_the_vpc_does_not_depend_on_its_range(slot: tuple[Tier, str]) -> None:
    def offset(cidr: str) -> int:
        return int(AddressPlan(cidr).ipv4(*slot).network_address) - int(IPv4Network(cidr).network_address)

    assert offset("10.0.0.0/16") == offset("172.20.0.0/16") == offset("10.0.0.0/20") * 16


# These networks exist. A change here would move their subnets.
@pytest.mark.parametrize(
    ("tier", "zone", "ipv4", "ipv6_index"),
    [
        (Tier.PRIVATE, "euw1-az1", "10.40.0.0/19", 0),
        (Tier.PRIVATE, "euw1-az2", "10.40.32.0/19", 32),
        (Tier.PRIVATE, "euw1-az6", "10.40.160.0/19", 160),
        (Tier.PUBLIC, "euw1-az1", "10.40.192.0/22", 192),
        (Tier.PUBLIC, "euw1-az3", "10.40.200.0/22", 200),
        (Tier.ISOLATED, "euw1-az1", "10.40.224.0/22", 224),
        (Tier.ISOLATED, "euw1-az6", "10.40.244.0/22", 244),
    ],
)
def test_existing_slots_do_not_move(tier: Tier, zone: str, ipv4: str, ipv6_index: int) -> None:
    plan = AddressPlan("10.40.0.0/16")
    assert str(plan.ipv4(tier, zone)) == ipv4
    assert plan.ipv6_index(tier, zone) == ipv6_index


def test_the_documented_table_matches_the_plan() -> None:
    plan = AddressPlan("10.40.0.0/16")
    rows = re.findall(r"^\| (az\d) \| (\S+) \| (\S+) \| (\S+) \|$", DOCUMENT.read_text(), re.MULTILINE)
    assert [zone for zone, *_ in rows] == [zone.removeprefix("euw1-") for zone in ZONES]
    for zone, *ranges in rows:
        tiers = (Tier.PRIVATE, Tier.PUBLIC, Tier.ISOLATED)
        assert ranges == [str(plan.ipv4(tier, f"euw1-{zone}")) for tier in tiers]


@pytest.mark.parametrize(
    ("cidr", "problem"),
    [
        ("10.0.0.0/15", "must be a /16 to /22"),
        ("10.0.0.0/23", "must be a /16 to /22"),
        ("8.8.0.0/16", "must be private addresses"),
        ("172.32.0.0/16", "must be private addresses"),
        ("10.0.0.1/16", "must be an IPv4 range (has host bits set)"),
        ("ten", "must be an IPv4 range"),
        ("fd00::/56", "must be an IPv4 range"),
    ],
)
def test_an_unusable_range_is_rejected_with_the_fix(cidr: str, problem: str) -> None:
    with pytest.raises(AddressError, match=re.escape(problem)) as error:
        AddressPlan(cidr)
    assert f"got {cidr!r}. Use " in str(error.value)


@pytest.mark.parametrize(
    "zone", ["eu-west-1a", "euw1-az0", "euw1-az7", "euw1-az12", "usw2-lax1-az1", "az1", ""]
)
def test_only_zone_ids_have_a_slot(zone: str) -> None:
    with pytest.raises(AddressError, match="must be an availability zone's id"):
        zone_number(zone)


# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
@pytest.mark.parametrize(
    ("region", "prefix"),
    [
        ("eu-west-1", "euw1"),
        ("us-east-1", "use1"),
        ("ap-northeast-1", "apne1"),
        ("ap-southeast-2", "apse2"),
        ("eu-central-2", "euc2"),
        ("af-south-1", "afs1"),
        ("us-gov-west-1", "usgw1"),
    ],
)
def test_the_prefix_of_a_regions_zone_ids(region: str, prefix: str) -> None:
    assert zone_prefix(region) == prefix


@given(st.dictionaries(st.text(min_size=1, max_size=3), internal_ranges(14, 26), max_size=6))
def test_overlaps_are_the_pairs_that_share_an_address(ranges: dict[str, str]) -> None:
    def addresses(name: str) -> range:
        network = parse_ipv4_range(ranges[name])
        return range(int(network.network_address), int(network.broadcast_address) + 1)

    for one, other in combinations(ranges, 2):
        a, b = addresses(one), addresses(other)
        shared = range(max(a.start, b.start), min(a.stop, b.stop))
        assert ((one, other) in find_overlaps(ranges)) == bool(shared)


def test_overlapping_environments_are_found() -> None:
    ranges = {
        "dev": "10.20.0.0/16",
        "staging": "10.30.0.0/16",
        "production": "10.40.0.0/16",
        "office": "10.40.8.0/24",
    }
    assert find_overlaps(ranges) == [("production", "office")]
