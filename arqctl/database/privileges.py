"""Privileges of users on the schemas of others."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from arqctl.database.specification import Specification


class Objects(StrEnum):
    """Kinds of objects in a schema, in PostgreSQL's spelling of `GRANT … ON ALL`."""

    TABLES = "TABLES"
    SEQUENCES = "SEQUENCES"


_READ = {Objects.TABLES: ("SELECT",)}
# An INSERT into a table with a serial column needs its sequence.
_WRITE = {Objects.TABLES: ("SELECT", "INSERT", "UPDATE", "DELETE"), Objects.SEQUENCES: ("SELECT", "USAGE")}


@dataclass(frozen=True, order=True)
class Privilege:
    """A privilege of `user` on objects of one kind in a schema. The schema's owner has the same name."""

    schema: str
    user: str
    objects: Objects
    action: str


def wanted_privileges(specification: Specification) -> frozenset[Privilege]:
    """Return the privileges that the users should have."""
    return frozenset(_privileges(specification))


def _privileges(specification: Specification) -> Iterator[Privilege]:
    for user in specification.users:
        for schemas, access in ((user.reads, _READ), (user.writes, _WRITE)):
            for schema in schemas:
                for objects, actions in access.items():
                    for action in actions:
                        yield Privilege(schema, user.name, objects, action)
