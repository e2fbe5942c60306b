"""No type is free by mistake, and none is in two lists."""

import tomllib
from importlib.resources import files

import pytest

from arqctl.cost.families import CHARGING
from arqctl.cost.free_types import is_free, metered
from tests.arqctl.cost.priced_stacks import ENVIRONMENTS, snapshot

LISTS = tomllib.loads(files("arqctl.cost").joinpath("free_types.toml").read_text(encoding="utf-8"))


def test_the_lists_are_in_order_and_have_no_type_in_common() -> None:
    free, usage = LISTS["free"]["types"], LISTS["usage"]
    assert free == sorted(set(free))
    assert list(usage) == sorted(usage)
    assert not set(free) & set(usage)
    assert not (set(free) | set(usage)) & set(CHARGING)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_type_that_the_platform_deploys_is_thought_of(environment: str) -> None:
    types = {each.type for name in (environment, f"{environment}-bootstrap") for each in snapshot(name)}
    unknown = {each for each in types if not (is_free(each) or metered(each) or each in CHARGING)}
    assert not unknown


def test_what_is_in_no_list_is_neither_free_nor_metered() -> None:
    assert not is_free("aws_quantum_computer")
    assert not metered("aws_quantum_computer")
