"""Every deployed type is priced, free or usage-based, and only one of these."""

import tomllib
from importlib.resources import files

import pytest

from arqctl.cost.charges import CHARGES_BY_TYPE
from arqctl.cost.free_types import is_free, usage_charges
from tests.arqctl.cost.priced_stacks import ENVIRONMENTS, snapshot, stacks_of

LISTS = tomllib.loads(files("arqctl.cost").joinpath("free_types.toml").read_text(encoding="utf-8"))


def test_the_lists_are_sorted_and_disjoint() -> None:
    free, usage = LISTS["free"], LISTS["usage_based"]
    assert free == sorted(set(free))
    assert list(usage) == sorted(usage)
    assert not set(free) & set(usage)
    assert not set(free) & set(CHARGES_BY_TYPE)
    assert not set(usage) & set(CHARGES_BY_TYPE)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_deployed_type_is_priced_or_listed(environment: str) -> None:
    types = {each.type for name in stacks_of(environment) for each in snapshot(name)}
    unknown = {
        each for each in types if not (is_free(each) or usage_charges(each) or each in CHARGES_BY_TYPE)
    }
    assert not unknown


def test_an_unlisted_type_is_neither_free_nor_usage_based() -> None:
    assert not is_free("aws_quantum_computer")
    assert not usage_charges("aws_quantum_computer")
