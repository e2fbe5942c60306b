"""The connections of programs to a database, with their pods."""

import pytest

from constructs_arq.core.errors import ConstructError
from constructs_arq.data.login import Login
from constructs_arq.services.capacity import ConnectionPool
from constructs_arq.services.connection_pools import find_pools
from tests.services.service_builders import Shop, synthesize_shop


def test_each_pod_of_a_service_has_the_stated_pool() -> None:
    found: list[ConnectionPool] = []

    def build(shop: Shop) -> None:
        orders = Login(grantee=shop.web("orders").identity, user="ledger", pool_size=500)
        reports = shop.cluster.workload("reports", namespace="shop")
        logins = [orders, Login(grantee=reports, user="reports", pool_size=20)]
        found.extend(find_pools(shop.stack, logins))

    synthesize_shop(build)
    assert found == [
        # Twelve at most, and as many that terminate during an update.
        ConnectionPool(name="orders", pods=24, connections=500),
        ConnectionPool(name="reports", pods=1, connections=20),
    ]


def test_a_login_without_a_pool_is_refused() -> None:
    def build(shop: Shop) -> None:
        find_pools(shop.stack, [Login(grantee=shop.web("orders").identity, user="ledger", pool_size=None)])

    message = "test: orders may log in to a database as ledger, and its connections are not stated"
    with pytest.raises(ConstructError, match=message):
        synthesize_shop(build)
