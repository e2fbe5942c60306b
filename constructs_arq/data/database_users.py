"""The users of a database, which the migrator creates in PostgreSQL."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from constructs import Construct

from constructs_arq.core.lazy_text import lazy_text
from constructs_arq.core.stack import Stack
from constructs_arq.core.validations import add_validation
from constructs_arq.data.postgres_instance import MASTER_USER, PORT


@dataclass(frozen=True, kw_only=True)
class DatabaseUser:
    """A PostgreSQL user that logs in with IAM.

    A user with `has_schema` owns the schema of its name. It reads the tables in the schemas `reads`, and also
    changes their rows in `writes`. Schemas have the names of their owners. A user with `reads_all` reads all
    tables, also later ones.
    """

    name: str
    has_schema: bool
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    reads_all: bool = False


class DatabaseUsers(Construct):
    """The users that grants name, by name. Each grant adds to the access of its user."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self._users: dict[str, DatabaseUser] = {}
        add_validation(self, self._find_missing_schemas)

    def add(self, name: str, *, has_schema: bool, reads: Sequence[str], writes: Sequence[str]) -> None:
        """Add a user, or access to a user."""
        known = self._users.get(name) or DatabaseUser(name=name, has_schema=False)
        all_writes = {*known.writes, *writes} - {name}
        self._users[name] = DatabaseUser(
            name=name,
            has_schema=known.has_schema or has_schema,
            reads=_sorted({*known.reads, *reads} - all_writes - {name}),
            writes=_sorted(all_writes),
            reads_all=known.reads_all,
        )

    def add_reader(self, name: str) -> None:
        """Add a user that reads all tables, or let a user read them."""
        known = self._users.get(name) or DatabaseUser(name=name, has_schema=False)
        self._users[name] = replace(known, reads_all=True)

    def to_json(self, *, host: str, database: str) -> str:
        """Return the input of `arqctl database migrate`, which synthesis writes after the last grant."""
        connection = {
            "host": host,
            "port": PORT,
            "region": Stack.of(self).region,
            "database": database,
            "master_user": MASTER_USER,
        }

        def to_text() -> str:
            users = [asdict(user) for _, user in sorted(self._users.items())]
            return json.dumps({**connection, "users": users})

        return lazy_text(to_text)

    def _find_missing_schemas(self) -> list[str]:
        schemas = {user.name for user in self._users.values() if user.has_schema}
        return [
            f"the database user {user.name} has access to the schema {schema}, which no user owns. Call "
            f"grant_connect(grantee, user={schema!r}) on the database."
            for user in self._users.values()
            for schema in (*user.reads, *user.writes)
            if schema not in schemas
        ]


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
