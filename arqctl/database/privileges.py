"""Privileges of users on the database and on the schemas of others."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from arqctl.database.specification import Specification

PUBLIC: Final = "public"
"""The grantee of privileges that all users have. No role can have this name."""


class Objects(StrEnum):
    """Kinds of objects, in PostgreSQL's spelling of `GRANT`."""

    DATABASE = "DATABASE"
    SCHEMA = "SCHEMA"
    SEQUENCES = "SEQUENCES"
    TABLES = "TABLES"


_READ = {Objects.SCHEMA: ("USAGE",), Objects.TABLES: ("SELECT",)}
# An INSERT into a table with a serial column needs its sequence.
_WRITE = {
    Objects.SCHEMA: ("USAGE",),
    Objects.SEQUENCES: ("SELECT", "USAGE"),
    Objects.TABLES: ("SELECT", "INSERT", "UPDATE", "DELETE"),
}


@dataclass(frozen=True, order=True)
class Privilege:
    """A privilege of `user` on a schema, on objects of one kind in it, or on the database.

    A schema has the same name as its owner; `schema` is "" for the database. With `grant_option` it is the
    right to grant the privilege to others.
    """

    schema: str
    user: str
    objects: Objects
    grant_option: bool
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
                        yield Privilege(schema, user.name, objects, grant_option=False, action=action)


def is_managed(privilege: Privilege, specification: Specification) -> bool:
    """Return whether a privilege is revoked if the specification does not name it.

    All users may connect to the database, use temporary tables and use the schema `public`, with PostgreSQL's
    defaults. Privileges of other roles are not managed, nor are those on other schemas.
    """
    names = {user.name for user in specification.users}
    return privilege.user in {*names, PUBLIC} and is_restricted(privilege, specification)


def is_restricted(privilege: Privilege, specification: Specification) -> bool:
    """Return whether a privilege gives access to the database or to a user's schema, beyond the defaults."""
    if privilege.objects is Objects.DATABASE or privilege.schema == PUBLIC:
        return privilege.action == "CREATE" and privilege.objects in {Objects.DATABASE, Objects.SCHEMA}
    schemas = {user.name for user in specification.users if user.has_schema}
    return privilege.schema in schemas and privilege.user != privilege.schema
