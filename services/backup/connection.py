"""Connections to PostgreSQL, with IAM tokens over TLS."""

import boto3
from psycopg import Connection

from services.backup.settings import DatabaseSettings

AnyConnection = Connection[tuple[object, ...]]

_SECONDS_TO_CONNECT = 15
# Values have the same text in each session that compares them, and names have their schema.
_OPTIONS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO,YMD",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "search_path": "pg_catalog",
    # The server ends statements of a pod that is gone.
    "client_connection_check_interval": "10s",
}


def make_password(settings: DatabaseSettings) -> str:
    """Return the password of the file, or a token that opens connections for 15 minutes."""
    if settings.password_file is not None:
        return settings.password_file.read_text().strip()
    token: str = boto3.client("rds", region_name=settings.region).generate_db_auth_token(
        DBHostname=settings.host, Port=settings.port, DBUsername=settings.user
    )
    return token


def connection_variables(settings: DatabaseSettings) -> dict[str, str]:
    """Return the connection as variables of PostgreSQL's programs: others can't read them, as arguments."""
    return {
        "PGHOST": settings.host,
        "PGPORT": str(settings.port),
        "PGDATABASE": settings.name,
        "PGUSER": settings.user,
        "PGPASSWORD": make_password(settings),
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(settings.ca_file),
        "PGCONNECT_TIMEOUT": str(_SECONDS_TO_CONNECT),
    }


def connect(settings: DatabaseSettings) -> AnyConnection:
    """Return a session in which each statement is a transaction."""
    limit = f"{settings.snapshot_seconds}s"
    options = {**_OPTIONS, "statement_timeout": limit, "idle_in_transaction_session_timeout": limit}
    return Connection.connect(
        host=settings.host,
        port=settings.port,
        dbname=settings.name,
        user=settings.user,
        password=make_password(settings),
        sslmode="verify-full",
        sslrootcert=str(settings.ca_file),
        connect_timeout=_SECONDS_TO_CONNECT,
        application_name="database-backup",
        autocommit=True,
        options=" ".join(f"-c {name}={value}" for name, value in options.items()),
    )
