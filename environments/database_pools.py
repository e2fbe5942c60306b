"""Refuses connection pools that a database does not accept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from constructs import IConstruct

from constructs_arq.core.errors import Problem
from constructs_arq.data.cross_region_replica import CrossRegionReplica
from constructs_arq.data.instance_class import max_connections
from constructs_arq.data.postgres import Postgres
from constructs_arq.data.proxy import CONNECTIONS_PERCENT
from constructs_arq.services.capacity import ConnectionPool, find_missing_connections
from constructs_arq.services.connection_pools import find_pools
from environments.environment import Environment

# PostgreSQL and RDS keep these for administration.
_RESERVED_CONNECTIONS = 5


@dataclass(frozen=True, kw_only=True)
class DatabasePools:
    """The pools of a database. Those of `administration` connect to the instance also if there is a proxy."""

    services: Sequence[ConnectionPool]
    administration: Sequence[ConnectionPool]
    replicas: Mapping[str, Sequence[ConnectionPool]]


def find_database_pools(root: IConstruct, database: Postgres | CrossRegionReplica) -> DatabasePools:
    """Return the pools that the grants of a database state, with the pods of `root`.

    Raises:
        ConstructError: if a grant states no pool.
    """
    return DatabasePools(
        services=find_pools(root, database.logins),
        administration=find_pools(root, database.admin_endpoint.logins),
        replicas={name: find_pools(root, replica.logins) for name, replica in database.replicas.items()},
    )


def find_pool_problems(env: Environment, pools: DatabasePools) -> Iterator[Problem]:
    """Compare the pools with the proxy or the instance, and those that bypass them with what these leave."""
    instance = env.database.instance_class
    limit, path = max_connections(instance), "database.instance_class"
    if env.database.proxy:
        through = limit * CONNECTIONS_PERCENT // 100
        yield from find_missing_connections(
            pools.services, available=through, database=f"{instance} through the proxy", path=path
        )
        yield from find_missing_connections(
            pools.administration,
            available=limit - through - _RESERVED_CONNECTIONS,
            database=f"{instance} beside the proxy",
            path=path,
        )
    else:
        yield from find_missing_connections(
            [*pools.services, *pools.administration],
            available=limit - _RESERVED_CONNECTIONS,
            database=instance,
            path=path,
        )
    for name, of_replica in pools.replicas.items():
        replica_class = env.database.read_replicas[name].instance_class or instance
        yield from find_missing_connections(
            of_replica,
            available=max_connections(replica_class) - _RESERVED_CONNECTIONS,
            database=f"{replica_class} of the replica",
            path=f"database.read_replicas.{name}",
        )
