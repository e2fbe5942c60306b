"""Tests that invalid network configurations are rejected with all problems."""

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.nat import Nat

VALID = {"cidr": "10.40.0.0/16", "zones": ("euw1-az1", "euw1-az2")}


def problems(**values: object) -> dict[str, str]:
    """Return the problems of a valid configuration changed by `values`, by path."""
    with pytest.raises(ConfigError) as error:
        NetworkConfig(**{**VALID, **values})
    return {problem.path: str(problem) for problem in error.value.problems}


def test_defaults_are_reliable_and_private() -> None:
    config = NetworkConfig(**VALID)
    assert config.nat is Nat.PER_ZONE
    assert {"sts", "ecr.api", "ecr.dkr"} <= set(config.interface_endpoints)


def test_all_problems_are_reported_at_once() -> None:
    found = problems(
        cidr="10.40.0.0/8",
        zones=("euw1-az1", "eu-west-1b", "euw1-az9"),
        nat="double",
        peers={"office": "10.1.2.3/16", "vpn": "10.1.0.0/16"},
        interface_endpoints=("sts", "ecr"),
        flow_log_retention_days=42,
        size="large",
    )
    assert {
        "cidr",
        "zones.1",
        "zones.2",
        "nat",
        "peers.office",
        "interface_endpoints.1",
        "flow_log_retention_days",
        "size",
    } == set(found)


@pytest.mark.parametrize(
    ("values", "path", "message", "fix"),
    [
        ({"cidr": "10.0.0.0/8"}, "cidr", "must be a /16 to /22, got '10.0.0.0/8'", "Use a prefix from /16"),
        ({"cidr": "52.0.0.0/16"}, "cidr", "must be private addresses", "Use a part of 10.0.0.0/8"),
        (
            {"zones": ("euw1-az1", "eu-west-1b")},
            "zones.1",
            "got 'eu-west-1b'",
            'Use the id, such as "euw1-az1"',
        ),
        ({"zones": ("euw1-az1",)}, "zones", "must be 2 to 6 zones", "Use two or more"),
        (
            {"zones": ("euw1-az1", "euw1-az1")},
            "zones",
            "must not repeat a zone",
            "Remove the repeated zone",
        ),
        (
            {"zones": ("euw1-az1", "use1-az2")},
            "zones",
            "not of euw1 and use1",
            "Use zones of the stack's region",
        ),
        (
            {"interface_endpoints": ("sts", "sts")},
            "interface_endpoints",
            "must not repeat a service",
            "Remove the repeated service",
        ),
    ],
)
def test_an_invalid_value_is_reported_with_the_fix(
    values: dict[str, object], path: str, message: str, fix: str
) -> None:
    found = problems(**values)[path]
    assert message in found
    assert fix in found


def test_overlapping_peers_are_rejected() -> None:
    found = problems(peers={"office": "10.40.8.0/24", "vpn": "10.90.0.0/16", "partner": "10.90.1.0/24"})[
        "peers"
    ]
    assert "cidr and peer office" in found
    assert "peer vpn and peer partner" in found
    assert "peer office and peer vpn" not in found


def test_overlapping_peers_are_reported_with_other_problems() -> None:
    assert {"zones.0", "peers"} <= set(problems(zones=("a", "euw1-az2"), peers={"office": "10.40.8.0/24"}))


def test_peers_outside_the_network_are_accepted() -> None:
    assert NetworkConfig(**VALID, peers={"office": "10.41.0.0/16"}).peers == {"office": "10.41.0.0/16"}
