"""An account stack that lacks a region of its environment, or exempts one without a VPC, is a finding."""

import pytest

from tests.arqctl.projects import Body, Project

VPC: dict[str, Body] = {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}}
WEST: Body = {"region": "eu-west-1"}
CENTRAL: Body = {"region": "eu-central-1", "alias": "eu-central-1"}
BOTH = [WEST, CENTRAL]


def findings(
    project: Project, *networks: str, account: list[Body] = BOTH, vpc: Body | None = None
) -> list[tuple[str, str]]:
    """Return the path and the start of each message on an account stack that names these networks."""
    resources = {"aws_vpc": {"main": {**VPC["aws_vpc"]["main"], **(vpc or {})}}}
    project.stack("dev", resources, provider={"aws": BOTH})
    output = {"network_regions": {"value": list(networks)}}
    project.stack("dev-account", provider={"aws": account}, output=output)
    found = [each for each in project.evaluated().findings if each.rule == "ARQ_REGIONS"]
    return [(each.path, each.message.split(",")[0]) for each in found]


def test_a_region_with_a_vpc_passes(project: Project) -> None:
    assert findings(project, "eu-west-1") == []


@pytest.mark.parametrize("vpc", [{"provider": "aws.eu-central-1"}, {"region": "eu-central-1"}])
def test_the_region_of_a_vpc_is_that_of_its_provider_or_argument(project: Project, vpc: Body) -> None:
    assert findings(project, "eu-central-1", vpc=vpc) == []
    assert findings(project, "eu-west-1", vpc=vpc) != []


def test_a_region_without_a_vpc_is_a_finding(project: Project) -> None:
    assert findings(project, "eu-west-1", "eu-central-1") == [
        ("dev-account/regions/eu-central-1", "network_regions names eu-central-1")
    ]


def test_a_region_that_the_account_lacks_is_a_finding(project: Project) -> None:
    assert findings(project, "eu-west-1", account=[WEST]) == [
        ("dev-account/regions/eu-central-1", "dev-account has no provider for eu-central-1")
    ]


def test_a_waiver_accepts_a_region(project: Project) -> None:
    project.waive(rule="ARQ_REGIONS", path="dev-account/regions/eu-central-1")
    assert findings(project, "eu-west-1", "eu-central-1") == []
