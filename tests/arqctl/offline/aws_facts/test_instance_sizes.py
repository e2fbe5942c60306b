"""A size is refused when it surely doesn't exist, and passes when it may be newer than the list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.offline.aws_facts.instance_sizes import misfit

ANYWHERE = (
    "db.m7g.large",
    "db.m7g.xlarge",
    "db.r6i.large",
    "db.t4g.micro",
    "m5.large",
    "m5.metal",
    "mq.m5.large",
)
HERE = ("db.m7g.large", "m5.large")


@given(st.sampled_from(HERE))
def test_what_the_region_has_passes(size: str) -> None:
    assert misfit(size, HERE, ANYWHERE) == ""


@given(st.sampled_from([size for size in ANYWHERE if size not in HERE]))
def test_what_only_another_region_has_is_refused(size: str) -> None:
    assert "not in this region" in misfit(size, HERE, ANYWHERE)


@pytest.mark.parametrize(
    "size", ["db.m8g.large", "db.m9g.xlarge", "db.r7i.large", "m6i.large", "db.serverless"]
)
def test_a_newer_generation_passes(size: str) -> None:
    assert misfit(size, HERE, ANYWHERE) == ""


@pytest.mark.parametrize(
    "size", ["db.m7g.hugee", "db.m99.large", "db.m4.large", "large", "db.zz9.large", "db.m7g", "m5large"]
)
def test_what_no_list_can_grow_into_is_refused(size: str) -> None:
    assert misfit(size, HERE, ANYWHERE) != ""


@given(st.text(alphabet="abdmx.79", max_size=12))
def test_any_text_is_judged(size: str) -> None:
    assert isinstance(misfit(size, HERE, ANYWHERE), str)
