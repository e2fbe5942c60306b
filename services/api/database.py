"""Connections to PostgreSQL."""

from asyncio import to_thread
from collections.abc import Callable

from psycopg import AsyncConnection, Connection, OperationalError
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from services.api.iam import DatabaseTokens
from services.api.settings import DatabaseSettings, read_secret

_SECONDS_TO_CONNECT = 5
_SECONDS_TO_WAIT = 5
# Shorter than the idle timeouts of load balancers and RDS Proxy.
_SECONDS_OF_CONNECTION = 1500

# No statement is prepared, because RDS Proxy would reserve a connection for each client that prepares one.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html
_OPTIONS = {"prepare_threshold": None}

PoolConnection = AsyncConnection[tuple[object, ...]]
Pool = AsyncConnectionPool[PoolConnection]


def make_pool(settings: DatabaseSettings) -> Pool:
    """Return a closed pool for requests. It leaves one connection of the process to the readiness."""
    return _make_pool(settings, "database", size=settings.pool_size - 1)


def make_readiness_pool(settings: DatabaseSettings) -> Pool:
    """Return a closed pool with one connection. It is free for the readiness when requests use all others."""
    return _make_pool(settings, "readiness", size=1)


def _make_pool(settings: DatabaseSettings, name: str, *, size: int) -> Pool:
    """Return a closed pool of connections. Each connection reads or makes a password of its own."""
    make_password = password_source(settings)

    async def connection_string() -> str:
        # Credentials can come from an HTTP endpoint, and a file from a slow volume.
        return describe_connection(settings, await to_thread(make_password))

    async def check(connection: PoolConnection) -> None:
        # A round trip for each request: none fails on a connection that a failover or the proxy closed.
        try:
            await AsyncConnectionPool.check_connection(connection)
        except OperationalError:
            # The others are closed too, and the pool waits longer and longer between its checks.
            await pool.drain()
            raise

    pool: Pool = AsyncConnectionPool(
        connection_string,
        kwargs=_OPTIONS,
        min_size=min(2, size),
        max_size=size,
        max_lifetime=_SECONDS_OF_CONNECTION,
        timeout=_SECONDS_TO_WAIT,
        check=check,
        name=name,
        open=False,
    )
    return pool


def password_source(settings: DatabaseSettings) -> Callable[[], str]:
    """Return the function that reads or makes the password of a new connection."""
    file = settings.password_file
    if file is not None:
        return lambda: read_secret(file)
    if settings.region is None:
        raise ValueError("IAM tokens need a region")  # The settings require it.
    tokens = DatabaseTokens(
        region=settings.region, host=settings.host, port=settings.port, user=settings.user
    )
    return tokens.make


def describe_connection(settings: DatabaseSettings, password: str) -> str:
    """Return the parameters of one connection."""
    return make_conninfo(
        host=settings.host,
        port=settings.port,
        dbname=settings.name,
        user=settings.user,
        password=password,
        sslmode="verify-full" if settings.ca_file else "prefer",
        sslrootcert=str(settings.ca_file) if settings.ca_file else None,
        application_name="shop-api",
        connect_timeout=_SECONDS_TO_CONNECT,
    )


def connect(settings: DatabaseSettings) -> Connection[tuple[object, ...]]:
    """Return one connection, for programs that run once."""
    return Connection.connect(describe_connection(settings, password_source(settings)()))
