"""Tests that addresses depend neither on order nor on other resources."""

import json
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_arq.cluster.node_group import NodeGroupConfig
from constructs_arq.cluster.node_schedule import ScheduledNodes
from constructs_arq.data.postgres_config import ReplicaConfig
from constructs_arq.observability.subscribers import Subscribers
from environments.environment import Environment
from environments.staging import STAGING
from environments.synthesis import synthesize_environments
from tests.properties.terraform_json import blocks
from tests.properties.test_random_configurations import DETERMINISTIC, RANDOM

Change = Callable[[Environment], Environment]
Addresses = Mapping[str, str]

_SCHEDULE = (
    ScheduledNodes(name="evening", cron="0 20 * * *", nodes=0),
    ScheduledNodes(name="morning", cron="0 6 * * *", nodes=2),
)


def addresses(environment: Environment) -> Addresses:
    """Return the construct path by address for all stacks of an environment."""
    with tempfile.TemporaryDirectory() as folder:
        stacks = [
            json.loads(file.read_text())
            for file in sorted(
                synthesize_environments([environment], Path(folder)).glob("stacks/*/cdk.tf.json")
            )
        ]
    return {
        # cdktf adds no path to the data source of another stack's state.
        f"{number}/{address}": body["//"]["metadata"]["path"] if "//" in body else address
        for number, stack in enumerate(stacks)
        for address, _, body in blocks(stack)
    }


def _change_part(part: str, **changes: Callable[[Any], Any]) -> Change:
    """Return a change of fields of an environment's configuration, given functions of their values."""

    def change(environment: Environment) -> Environment:
        config = getattr(environment, part)
        values = {name: to(getattr(config, name)) for name, to in changes.items()}
        # Build a new configuration, because `model_copy` does not validate.
        with_changes = type(config)(
            **{**{name: getattr(config, name) for name in config.model_fields_set}, **values}
        )
        return environment.model_copy(update={part: with_changes})

    return change


def _node_group(**values: Any) -> NodeGroupConfig:
    return NodeGroupConfig(**{"instance_types": ("m7i.large",), "nodes": 1, **values})


def _add_subscribers(**more: tuple[str, ...]) -> Callable[[Subscribers], Subscribers]:
    return lambda subscribers: Subscribers(
        emails=(*more.get("emails", ()), *subscribers.emails),
        https=(*subscribers.https, *more.get("https", ())),
    )


# Each addition comes first, because an index in an address would then change the others.
ADDITIONS: Mapping[str, Change] = {
    "a zone": _change_part("network", zones=lambda zones: ("euw1-az4", *zones)),
    "an endpoint": _change_part("network", interface_endpoints=lambda services: ("ssm", *services)),
    "IPv6": _change_part("network", ipv6=lambda _: True),
    "a node group": _change_part("cluster", node_groups=lambda groups: {"batch": _node_group(), **groups}),
    "a node group on a schedule": _change_part(
        "cluster",
        node_groups=lambda groups: {
            "day": _node_group(schedule=_SCHEDULE),
            **groups,
        },
    ),
    "an operator": _change_part(
        "cluster",
        access=lambda access: access.model_copy(
            update={"operators": ("arn:aws:iam::210987654302:role/another", *access.operators)}
        ),
    ),
    "a replica": _change_part(
        "database", read_replicas=lambda replicas: {"audit": ReplicaConfig(), **replicas}
    ),
    "subscribers": _change_part(
        "alarms",
        critical=_add_subscribers(emails=("another@arq.example",), https=("https://alarms.arq.example/aws",)),
        warning=_add_subscribers(emails=("another@arq.example",)),
    ),
    "a path of the API": _change_part("site", api_paths=lambda paths: ("/graphql", *paths)),
    "a host": lambda env: env.model_copy(update={"hosts": ("a.staging.arq.example", *env.hosts)}),
}


def environment_with(names: frozenset[str]) -> Environment:
    environment = STAGING
    for name, add in ADDITIONS.items():
        environment = add(environment) if name in names else environment
    return environment


@cache
def addresses_with(*names: str) -> Addresses:
    return addresses(environment_with(frozenset(names)))


EVERYTHING = tuple(sorted(ADDITIONS))


# Each of these adds resources for the other: the IPv6 routes of a zone.
_INTERDEPENDENT = {"a zone", "IPv6"}


def added_addresses(*names: str) -> set[str]:
    """Return the addresses that additions create."""
    return set(addresses_with(*names)) - set(addresses_with())


def own_addresses(name: str) -> set[str]:
    """Return the addresses that an addition creates, including those that need another addition."""
    if name not in _INTERDEPENDENT:
        return added_addresses(name)
    (other,) = _INTERDEPENDENT - {name}
    return added_addresses(*sorted(_INTERDEPENDENT)) - added_addresses(other)


def require_unchanged(before: Addresses, after: Addresses) -> None:
    """Assert that all addresses still exist and belong to the same constructs."""
    assert {address: after.get(address) for address in before} == dict(before)


def test_additions_keep_all_addresses() -> None:
    require_unchanged(addresses_with(), addresses_with(*EVERYTHING))


@pytest.mark.slow
@settings(DETERMINISTIC, max_examples=2)
@given(st.sampled_from(EVERYTHING))
def test_removal_removes_only_own_addresses(name: str) -> None:
    left = addresses_with(*(other for other in EVERYTHING if other != name))
    require_unchanged(left, addresses_with(*EVERYTHING))
    assert set(addresses_with(*EVERYTHING)) - set(left) == own_addresses(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERYTHING)
def test_each_addition_keeps_all_addresses(name: str) -> None:
    require_unchanged(addresses_with(), addresses_with(name))
    left = addresses_with(*(other for other in EVERYTHING if other != name))
    require_unchanged(left, addresses_with(*EVERYTHING))
    assert set(addresses_with(*EVERYTHING)) - set(left) == own_addresses(name)


@st.composite
def reordered(draw: st.DrawFn) -> Environment:
    """Return the environment with all additions and a random order of all collections."""

    def shuffled(values: Any) -> Any:
        if isinstance(values, Mapping):
            return {name: values[name] for name in draw(st.permutations(list(values)))}
        return tuple(draw(st.permutations(values)))

    def all_of(config: Any) -> Any:
        orders = {
            name: shuffled(value)
            for name in sorted(config.model_fields_set)
            if isinstance(value := getattr(config, name), Mapping | tuple) and name not in _ORDERED_FIELDS
        }
        return config.model_copy(update=orders)

    environment = environment_with(frozenset(EVERYTHING))
    parts = {part: all_of(getattr(environment, part)) for part in ("network", "database", "site")}
    access = all_of(environment.cluster.access)
    parts["cluster"] = all_of(environment.cluster).model_copy(update={"access": access})
    alarms = environment.alarms
    parts["alarms"] = alarms.model_copy(
        update={"critical": all_of(alarms.critical), "warning": all_of(alarms.warning)}
    )
    return environment.model_copy(update=parts)


# Fields in which the order has a meaning.
_ORDERED_FIELDS = {"instance_types"}


@settings(DETERMINISTIC, max_examples=6)
@given(reordered())
def test_order_changes_no_address(environment: Environment) -> None:
    assert addresses(environment) == addresses_with(*EVERYTHING)


@pytest.mark.slow
@settings(RANDOM, max_examples=20)
@given(reordered())
def test_many_orders_change_no_address(environment: Environment) -> None:
    assert addresses(environment) == addresses_with(*EVERYTHING)


@pytest.mark.slow
@settings(RANDOM, max_examples=12)
@given(st.sets(st.sampled_from(EVERYTHING)), st.sets(st.sampled_from(EVERYTHING)))
def test_more_additions_keep_the_addresses_of_fewer(subsets: set[str], more: set[str]) -> None:
    require_unchanged(addresses_with(*sorted(subsets)), addresses_with(*sorted(subsets | more)))
