"""An environment whose pods do not fit is refused, with figures."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from tempfile import mkdtemp

import pytest
from cdktf import App

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.instance_types import Architecture
from constructs_arq.core.pod_group import PodGroup
from constructs_arq.data.postgres_config import ReplicaConfig
from constructs_arq.services.capacity import ConnectionPool
from constructs_arq.services.pod_inventory import find_pods
from environments.capacity import require_capacity
from environments.database_pools import DatabasePools, find_database_pools
from environments.dev import DEV
from environments.environment import Environment
from environments.platform import platform
from environments.production import PRODUCTION
from environments.services import services
from environments.staging import STAGING


def check(environment: Environment, pods: Sequence[PodGroup], pools: DatabasePools | None = None) -> None:
    require_capacity(environment, pods, pools or contents_of_name(environment.name)[1])


def pods_of(environment: Environment) -> Sequence[PodGroup]:
    return contents_of_name(environment.name)[0]


@cache
def contents_of_name(name: str) -> tuple[Sequence[PodGroup], DatabasePools]:
    [environment] = [each for each in (DEV, STAGING, PRODUCTION) if each.name == name]
    app = App(outdir=mkdtemp())
    parts = platform(app, environment)
    services(app, environment, parts)
    stack = app.node.find_child(f"{environment.name}-platform")
    return find_pods(stack), find_database_pools(stack, parts.database)


def with_pods(environment: Environment, name: str, **values: int) -> list[PodGroup]:
    found = [
        replace(
            each,
            pods=values.get("pods", each.pods),
            millicores=values.get("millicores", each.millicores),
            mib=values.get("mib", each.mib),
        )
        if each.name == name
        else each
        for each in pods_of(environment)
    ]
    assert found != pods_of(environment)
    return found


def agents_of(environment: Environment) -> int:
    """Return the CPU of the add-ons that run on each node."""
    return sum(each.millicores for each in pods_of(environment) if each.on_each_node)


def with_pool(environment: Environment, name: str, **values: int) -> DatabasePools:
    def change(pools: Sequence[ConnectionPool]) -> list[ConnectionPool]:
        return [
            replace(
                each,
                pods=values.get("pods", each.pods),
                connections=values.get("connections", each.connections),
            )
            if each.name == name
            else each
            for each in pools
        ]

    _, found = contents_of_name(environment.name)
    changed = DatabasePools(
        services=change(found.services),
        administration=change(found.administration),
        replicas={key: change(each) for key, each in found.replicas.items()},
    )
    assert changed != found
    return changed


@pytest.mark.parametrize("environment", [DEV, STAGING, PRODUCTION], ids=lambda each: each.name)
def test_the_committed_environments_fit(environment: Environment) -> None:
    check(environment, pods_of(environment))


def test_pods_of_add_ons_services_jobs_and_nginx_count_during_an_update() -> None:
    found = {group.name: group.pods for group in pods_of(PRODUCTION)}
    # Two replicas, and two that terminate during an update.
    assert found["karpenter"] == found["cert-manager webhook"] == 4
    assert found["nginx of gateway"] == 20
    assert found["api"] == 40
    assert found["trivy-operator scan"] == 2
    assert found["settlement"] == found["api-migrations"] == found["migrator"] == 1


def test_the_pools_are_those_that_the_grants_state() -> None:
    _, found = contents_of_name("production")
    assert {each.name: (each.pods, each.connections) for each in found.services} == {
        "api-migrations": (1, 1),
        "api": (40, PRODUCTION.shop.api_pool_size),
        "settlement": (1, 1),
        "receipts": (20, 1),
    }
    assert [(each.name, each.pods, each.connections) for each in found.administration] == [
        ("migrator", 1, 1),
        ("database-dump", 1, 4),
        ("database-ledger", 1, 1),
    ]
    [reports] = found.replicas["reports"]
    assert (reports.name, reports.pods, reports.connections) == ("reports", 1, 20)


def test_pools_of_all_pods_fit_into_the_connections_of_the_database() -> None:
    # 4 GiB / 9,531,392 bytes = 450 connections, of which 5 are reserved.
    with pytest.raises(
        ConfigError, match=r"6 api x 73 .* connections must be at most the 445 of db.t4g.medium, got 446"
    ):
        check(DEV, pods_of(DEV), with_pool(DEV, "api", connections=73))
    check(DEV, pods_of(DEV), with_pool(DEV, "api", connections=72))


def test_the_proxy_gives_its_clients_a_share_of_the_connections() -> None:
    with pytest.raises(ConfigError, match=r"of db\.r7g\.large through the proxy"):
        check(PRODUCTION, pods_of(PRODUCTION), with_pool(PRODUCTION, "api", connections=80))


def test_the_migrator_needs_connections_beside_the_proxy() -> None:
    # 1,802 connections, of which the proxy takes 1,621, and 5 are reserved. Dumps and ledgers have 5.
    check(PRODUCTION, pods_of(PRODUCTION), with_pool(PRODUCTION, "migrator", pods=171))
    with pytest.raises(
        ConfigError,
        match=r"172 migrator x 1 .* the 176 of db\.r7g\.large beside the proxy, got 177",
    ):
        check(PRODUCTION, pods_of(PRODUCTION), with_pool(PRODUCTION, "migrator", pods=172))


def test_reports_fit_into_the_connections_of_the_replica() -> None:
    small = {"reports": ReplicaConfig(instance_class="db.t4g.micro")}
    database = PRODUCTION.database.model_copy(update={"read_replicas": small})
    environment = PRODUCTION.model_copy(update={"database": database})
    check(environment, pods_of(PRODUCTION), with_pool(PRODUCTION, "reports", connections=107))
    with pytest.raises(ConfigError, match=r"connections .* 107 of db\.t4g\.micro of the replica, got 108"):
        check(environment, pods_of(PRODUCTION), with_pool(PRODUCTION, "reports", connections=108))


def test_a_pod_fits_on_a_node_beside_the_pods_of_each_node() -> None:
    # At most 4 vCPUs: EKS takes 80m, and its agents and GuardDuty's on each node 390m.
    most = 3530 - agents_of(DEV)
    largest = with_pods(DEV, "api", millicores=most, pods=1)
    check(DEV, [each for each in largest if not each.name.startswith("nginx")])
    with pytest.raises(
        ConfigError, match=rf"a pod of api must request at most {most}m .* largest nodes .*, got {most + 1}m"
    ):
        check(DEV, with_pods(DEV, "api", millicores=most + 1, pods=1))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"pods": 200},
            r"at most 1\d{4}m CPU, which all nodes for arm64 images .*, got 3\d{4} \(most: 200 api 20000",
        ),
        (
            {"mib": 20_000},
            r"at most 5\d{4} MiB, which all nodes for arm64 images .*, got 1\d{5} \(most: 6 api 120000",
        ),
        (
            {"pods": 500, "millicores": 1, "mib": 1},
            r"at most 5\d\d places, which all nodes for arm64 images together have for pods, got 5\d\d ",
        ),
    ],
)
def test_all_pods_fit_on_all_nodes(values: dict[str, int], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        check(DEV, with_pods(DEV, "api", **values))


def test_nodes_that_can_not_run_the_images_do_not_count() -> None:
    pool = DEV.karpenter.node_pools["general"]
    x86 = {"general": pool.model_copy(update={"architecture": Architecture.X86_64})}
    environment = DEV.model_copy(update={"karpenter": DEV.karpenter.model_copy(update={"node_pools": x86})})
    # Only a node of the group is left.
    with pytest.raises(
        ConfigError,
        match=rf"at most {1540 - agents_of(DEV)}m CPU, which all nodes for arm64 images together",
    ):
        check(environment, pods_of(DEV))
    x86_images = DEV.images.model_copy(update={"architecture": Architecture.X86_64})
    with pytest.raises(ConfigError, match="all nodes for x86_64 images together"):
        check(DEV.model_copy(update={"images": x86_images}), pods_of(DEV))


def test_karpenter_fits_on_the_node_groups() -> None:
    with pytest.raises(
        ConfigError,
        match=rf"cluster.node_groups: .* at most {3080 - 2 * agents_of(DEV)}m CPU, which the nodes before",
    ):
        check(DEV, with_pods(DEV, "karpenter", millicores=1300))


def test_all_pods_and_nodes_have_addresses() -> None:
    network = DEV.network.model_copy(update={"cidr": "10.20.0.0/22"})
    with pytest.raises(
        ConfigError,
        match=r"1\d\d pods, 12 nodes .* and 22 others must need at most the 246 addresses .* got 5\d\d",
    ):
        check(DEV.model_copy(update={"network": network}), pods_of(DEV))
