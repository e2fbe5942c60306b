"""An address is for ever: neither order nor neighbours decide it."""

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
from constructs_arq.compute.fleet_config import ScalingStep
from constructs_arq.core.scaling import ScalingPolicy, ScheduledSize
from constructs_arq.data.postgres_config import ReplicaConfig
from constructs_arq.observability.subscribers import Subscribers
from environments.environment import Environment
from environments.staging import STAGING
from environments.synthesis import synthesize_environments
from tests.properties.shape import elements
from tests.properties.test_random_configurations import RANDOM, REPEATED

Change = Callable[[Environment], Environment]
Addresses = Mapping[str, str]

_SCHEDULE = (
    ScheduledSize(name="evening", cron="0 20 * * *", min_size=1, max_size=2),
    ScheduledSize(name="morning", cron="0 6 * * *", min_size=2, max_size=4),
)


def addresses(environment: Environment) -> Addresses:
    """The construct's path of every address, in all stacks of an environment."""
    with tempfile.TemporaryDirectory() as folder:
        stacks = [
            json.loads(file.read_text())
            for file in sorted(
                synthesize_environments([environment], Path(folder)).glob("stacks/*/cdk.tf.json")
            )
        ]
    return {
        f"{number}/{address}": body["//"]["metadata"]["path"]
        for number, stack in enumerate(stacks)
        for address, _, body in elements(stack)
    }


def _changing(part: str, **changes: Callable[[Any], Any]) -> Change:
    """Change fields of a part of the environment by what they are."""

    def change(environment: Environment) -> Environment:
        config = getattr(environment, part)
        values = {name: to(getattr(config, name)) for name, to in changes.items()}
        # Checked anew, as `model_copy` would not be.
        changed = type(config)(
            **{**{name: getattr(config, name) for name in config.model_fields_set}, **values}
        )
        return environment.model_copy(update={part: changed})

    return change


def _node_group(**values: Any) -> NodeGroupConfig:
    scaling = ScalingPolicy(min_size=1, max_size=3)
    return NodeGroupConfig(**{"instance_types": ("m7i.large",), "scaling": scaling, **values})


def _scaled(scaling: ScalingPolicy, **values: Any) -> ScalingPolicy:
    return ScalingPolicy(**{**{name: getattr(scaling, name) for name in scaling.model_fields_set}, **values})


def _heard_by(**more: tuple[str, ...]) -> Callable[[Subscribers], Subscribers]:
    return lambda heard: Subscribers(
        emails=(*more.get("emails", ()), *heard.emails), https=(*heard.https, *more.get("https", ()))
    )


# Each puts its own first where order exists, as that is where an index would show.
ADDITIONS: Mapping[str, Change] = {
    "a zone": _changing("network", zones=lambda zones: ("euw1-az4", *zones)),
    "an endpoint": _changing("network", interface_endpoints=lambda services: ("ssm", *services)),
    "IPv6": _changing("network", ipv6=lambda _: True),
    "a node group": _changing("cluster", node_groups=lambda groups: {"batch": _node_group(), **groups}),
    "a node group on a schedule": _changing(
        "cluster",
        node_groups=lambda groups: {
            "day": _node_group(scaling=ScalingPolicy(min_size=0, max_size=3, schedule=_SCHEDULE)),
            **groups,
        },
    ),
    "an operator": _changing(
        "cluster",
        access=lambda access: access.model_copy(
            update={"operators": ("arn:aws:iam::210987654302:role/another", *access.operators)}
        ),
    ),
    "a replica": _changing("database", read_replicas=lambda named: {"audit": ReplicaConfig(), **named}),
    "a schedule": _changing("workers", scaling=lambda scaling: _scaled(scaling, schedule=_SCHEDULE)),
    "a memory target": _changing(
        "workers", scaling=lambda scaling: _scaled(scaling, target_memory_percent=70)
    ),
    "a step": _changing(
        "workers", steps=lambda steps: (*steps, ScalingStep(above_cpu_percent=90, add_percent=50))
    ),
    "hooks": _changing("workers", launch_hook_seconds=lambda _: 60, terminate_hook_seconds=lambda _: 60),
    "subscribers": _changing(
        "alarms",
        critical=_heard_by(emails=("another@arq.example",), https=("https://alarms.arq.example/aws",)),
        warning=_heard_by(emails=("another@arq.example",)),
    ),
    "a path of the API": _changing("site", api_paths=lambda paths: ("/graphql", *paths)),
}


def with_all(names: frozenset[str]) -> Environment:
    environment = STAGING
    for name, add in ADDITIONS.items():
        environment = add(environment) if name in names else environment
    return environment


@cache
def with_additions(*names: str) -> Addresses:
    return addresses(with_all(frozenset(names)))


EVERYTHING = tuple(sorted(ADDITIONS))


# Both bring something for each of the other's: a zone's IPv6 routes.
_BY_EACH_OTHER = {"a zone", "IPv6"}


def brought(*names: str) -> set[str]:
    """The addresses that additions bring."""
    return set(with_additions(*names)) - set(with_additions())


def own(name: str) -> set[str]:
    """The addresses that go with an addition, those included that another brings for it."""
    if name not in _BY_EACH_OTHER:
        return brought(name)
    (other,) = _BY_EACH_OTHER - {name}
    return brought(*sorted(_BY_EACH_OTHER)) - brought(other)


def require_kept(before: Addresses, after: Addresses) -> None:
    """Hold that every address of before is still there, and is of the same construct."""
    assert {address: after.get(address) for address in before} == dict(before)


def test_additions_keep_every_address() -> None:
    require_kept(with_additions(), with_additions(*EVERYTHING))


@settings(REPEATED, max_examples=5)
@given(st.sampled_from(EVERYTHING))
def test_removing_one_removes_its_own_only(name: str) -> None:
    left = with_additions(*(other for other in EVERYTHING if other != name))
    require_kept(left, with_additions(*EVERYTHING))
    assert set(with_additions(*EVERYTHING)) - set(left) == own(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERYTHING)
def test_each_addition_keeps_every_address(name: str) -> None:
    require_kept(with_additions(), with_additions(name))
    left = with_additions(*(other for other in EVERYTHING if other != name))
    require_kept(left, with_additions(*EVERYTHING))
    assert set(with_additions(*EVERYTHING)) - set(left) == own(name)


@st.composite
def reordered(draw: st.DrawFn) -> Environment:
    """The environment with everything added, and all that has an order in another one."""

    def shuffled(values: Any) -> Any:
        if isinstance(values, Mapping):
            return {name: values[name] for name in draw(st.permutations(list(values)))}
        return tuple(draw(st.permutations(values)))

    def all_of(config: Any) -> Any:
        orders = {
            name: shuffled(value)
            for name in sorted(config.model_fields_set)
            if isinstance(value := getattr(config, name), Mapping | tuple) and name not in _ORDER_COUNTS
        }
        return config.model_copy(update=orders)

    environment = with_all(frozenset(EVERYTHING))
    parts = {part: all_of(getattr(environment, part)) for part in ("network", "database", "workers", "site")}
    access = all_of(environment.cluster.access)
    scaling = all_of(environment.workers.scaling)
    parts["workers"] = parts["workers"].model_copy(update={"scaling": scaling})
    parts["cluster"] = all_of(environment.cluster).model_copy(update={"access": access})
    alarms = environment.alarms
    parts["alarms"] = alarms.model_copy(
        update={"critical": all_of(alarms.critical), "warning": all_of(alarms.warning)}
    )
    return environment.model_copy(update=parts)


# The preferred type comes first, and steps rise.
_ORDER_COUNTS = {"instance_types", "steps"}


@settings(REPEATED, max_examples=6)
@given(reordered())
def test_another_order_changes_no_address(environment: Environment) -> None:
    assert addresses(environment) == with_additions(*EVERYTHING)


@pytest.mark.slow
@settings(RANDOM, max_examples=40)
@given(reordered())
def test_no_order_changes_any_address(environment: Environment) -> None:
    assert addresses(environment) == with_additions(*EVERYTHING)


@pytest.mark.slow
@settings(RANDOM, max_examples=25)
@given(st.sets(st.sampled_from(EVERYTHING)), st.sets(st.sampled_from(EVERYTHING)))
def test_what_one_set_of_additions_brings_stays_with_more(some: set[str], more: set[str]) -> None:
    require_kept(with_additions(*sorted(some)), with_additions(*sorted(some | more)))
