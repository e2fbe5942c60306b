"""Users, and functions that migrate and use their database."""

from collections.abc import Sequence

from arqctl.database.migration import Result, migrate
from arqctl.database.specification import Specification, User
from tests.arqctl.database.postgres_server import Server

API = User(name="api", has_schema=True)
SETTLEMENT = User(name="settlement", has_schema=True, writes=("api",))
RECEIPTS = User(name="receipts", has_schema=True, writes=("api",))
REPORTS = User(name="reports", has_schema=False, reads=("api",))
ALL = (API, SETTLEMENT, REPORTS)


def specification(*users: User) -> Specification:
    return Specification(
        host="localhost", port=5432, region="eu-west-1", database="app", master_user="dba", users=users
    )


def run(server: Server, *users: User) -> Result:
    with server.connect("dba") as connection:
        return migrate(connection, specification(*users))


def execute(server: Server, user: str, *statements: str) -> Sequence[tuple[object, ...]]:
    """Execute statements as a user, and return the rows of the last one."""
    with server.connect(user) as connection:
        for statement in statements:
            cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []
