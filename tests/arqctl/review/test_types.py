"""The lists of types name types that there are: a typing error in one would be a danger that nobody sees."""

import pkgutil
import tomllib
from functools import cache
from importlib.resources import files
from importlib.util import find_spec

import pytest

from arqctl.plan.access.readers import READERS

STATEFUL = tomllib.loads(files("arqctl.core").joinpath("stateful_types.toml").read_text(encoding="utf-8"))
PROTECTIONS = tomllib.loads(
    files("arqctl.plan.risk").joinpath("protections.toml").read_text(encoding="utf-8")
)
# Types that providers had, or that only newer ones have.
OTHERS = {"aws_redshift_cluster_snapshot"}


@cache
def installed(provider: str) -> frozenset[str]:
    spec = find_spec(f"cdktf_cdktf_provider_{provider}")
    assert spec is not None
    assert spec.submodule_search_locations
    return frozenset(
        module.name.replace("_", "") for module in pkgutil.iter_modules(spec.submodule_search_locations)
    )


def types() -> list[str]:
    found = {type_.partition(":")[0] for section in STATEFUL.values() for type_ in section} | set(
        PROTECTIONS["guards"]
    )
    found |= set(READERS)
    found |= {key.partition(":")[0] for section in PROTECTIONS.values() for key in section if ":" in key}
    return sorted(found - OTHERS)


@pytest.mark.parametrize("type_", types())
def test_every_type_is_one_of_a_provider(type_: str) -> None:
    provider, _, name = type_.partition("_")
    assert name.replace("_", "") in installed(provider)
