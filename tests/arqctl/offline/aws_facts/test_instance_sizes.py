"""A size is rejected if it certainly doesn't exist, and passes if it may be newer than the list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.offline.aws_facts.instance_sizes import size_error

ALL_REGIONS = (
    "db.m7g.large",
    "db.m7g.xlarge",
    "db.r6i.large",
    "db.t4g.micro",
    "m5.large",
    "m5.metal",
    "mq.m5.large",
)
REGION = ("db.m7g.large", "m5.large")


@given(st.sampled_from(REGION))
def test_a_size_of_the_region_passes(size: str) -> None:
    assert size_error(size, REGION, ALL_REGIONS) == ""


@given(st.sampled_from([size for size in ALL_REGIONS if size not in REGION]))
def test_a_size_of_another_region_only_is_rejected(size: str) -> None:
    assert "not in this region" in size_error(size, REGION, ALL_REGIONS)


@pytest.mark.parametrize(
    "size", ["db.m8g.large", "db.m9g.xlarge", "db.r7i.large", "m6i.large", "db.serverless"]
)
def test_a_newer_generation_passes(size: str) -> None:
    assert size_error(size, REGION, ALL_REGIONS) == ""


@pytest.mark.parametrize(
    "size", ["db.m7g.hugee", "db.m99.large", "db.m4.large", "large", "db.zz9.large", "db.m7g", "m5large"]
)
def test_an_impossible_size_is_rejected(size: str) -> None:
    assert size_error(size, REGION, ALL_REGIONS) != ""


@given(st.text(alphabet="abdmx.79", max_size=12))
def test_any_string_is_handled(size: str) -> None:
    assert isinstance(size_error(size, REGION, ALL_REGIONS), str)
