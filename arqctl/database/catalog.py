"""Reads roles, schemas and privileges from PostgreSQL's catalogs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arqctl.database.privileges import Objects, Privilege
from arqctl.database.specification import Specification

if TYPE_CHECKING:
    from psycopg import Connection

_ROLES = """
SELECT rolname, rolcanlogin, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
FROM pg_roles WHERE rolname <> current_user
"""
_SCHEMAS = "SELECT nspname, pg_get_userbyid(nspowner) FROM pg_namespace"
_ACTS_AS = "SELECT rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'USAGE')"
_MEMBERSHIPS = """
SELECT pg_get_userbyid(roleid), pg_get_userbyid(member), bool_or(admin_option)
FROM pg_auth_members GROUP BY 1, 2
"""
_CONNECTS = "SELECT name FROM unnest(%s::text[]) name WHERE has_database_privilege(name, %s, 'CONNECT')"
# 0 is the grantee PUBLIC.
_GRANTEE = "CASE a.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(a.grantee) END"
_DATABASE = f"""
SELECT '', {_GRANTEE}, 'DATABASE', a.privilege_type, a.is_grantable
FROM pg_database, aclexplode(datacl) a WHERE datname = current_database()
"""  # noqa: S608 - a constant
_SCHEMA = f"""
SELECT nspname, {_GRANTEE}, 'SCHEMA', a.privilege_type, a.is_grantable
FROM pg_namespace, aclexplode(nspacl) a
"""  # noqa: S608 - a constant
# Default privileges have the namespace 0 if they apply to all schemas.
_DEFAULTS = f"""
SELECT pg_get_userbyid(d.defaclrole), {_GRANTEE},
       CASE defaclobjtype WHEN 'S' THEN 'SEQUENCES' ELSE 'TABLES' END, a.privilege_type, a.is_grantable,
       d.defaclnamespace = 0
FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
WHERE d.defaclobjtype IN ('r', 'S')
  AND (d.defaclnamespace = 0 OR pg_get_userbyid(d.defaclrole) = n.nspname)
"""  # noqa: S608 - a constant
_RELATIONS = """
SELECT c.oid, n.nspname AS schema, c.relname, c.relowner, c.relacl,
       CASE c.relkind WHEN 'S' THEN 'SEQUENCES' ELSE 'TABLES' END AS kind
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^(pg_|information_schema$)'
"""
# The last column is whether all objects of the kind have the privilege, on all columns.
_OBJECTS = f"""
WITH relations AS ({_RELATIONS}), acls AS (
    SELECT oid, schema, kind, relacl AS acl, true AS all_columns FROM relations
    UNION ALL
    SELECT oid, schema, kind, attacl, false FROM relations JOIN pg_attribute ON attrelid = oid
)
SELECT schema, {_GRANTEE}, kind, a.privilege_type, bool_or(a.is_grantable),
       count(DISTINCT oid) FILTER (WHERE all_columns)
           = (SELECT count(*) FROM relations s WHERE s.schema = acls.schema AND s.kind = acls.kind)
FROM acls, aclexplode(acl) a GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - a constant
_OBJECT_OWNERS = f"SELECT DISTINCT schema, kind, pg_get_userbyid(relowner) FROM ({_RELATIONS}) r"  # noqa: S608


@dataclass(frozen=True)
class Role:
    """A role: whether it can log in, and whether it administers the server."""

    can_login: bool
    is_privileged: bool


@dataclass(frozen=True, order=True)
class Membership:
    """A role that another role, its member, can act as. With `admin_option` the member can add members."""

    role: str
    member: str
    admin_option: bool


@dataclass(frozen=True)
class Catalog:
    """The present roles, schemas with their owners, and privileges.

    `some` are privileges on at least one object or column, `all` are privileges on every object of the kind.
    `object_owners` are the owners of the objects of each kind in a schema. `acts_as` are roles that the
    session can act as. `global_defaults` are default privileges of a role that apply to all schemas.
    """

    roles: Mapping[str, Role]
    memberships: frozenset[Membership]
    acts_as: frozenset[str]
    owners: Mapping[str, str]
    connects: frozenset[str]
    defaults: frozenset[Privilege]
    global_defaults: frozenset[Privilege]
    some: frozenset[Privilege]
    all: frozenset[Privilege]
    object_owners: Mapping[tuple[str, Objects], frozenset[str]]

    def has_iam_login(self, name: str) -> bool:
        """Return whether a role logs in with IAM."""
        return self.is_member(name, of="rds_iam")

    def is_member(self, name: str, *, of: str) -> bool:
        """Return whether a role is a direct member of another."""
        return any((each.role, each.member) == (of, name) for each in self.memberships)


def read_catalog(connection: "Connection", specification: Specification) -> Catalog:
    """Read the catalogs. The session user is the master user."""
    roles = {str(name): Role(*flags) for name, *flags in connection.execute(_ROLES).fetchall()}
    known = [user.name for user in specification.users if user.name in roles]
    whole = [*connection.execute(_DATABASE), *connection.execute(_SCHEMA)]
    objects = connection.execute(_OBJECTS.encode()).fetchall()
    defaults = connection.execute(_DEFAULTS).fetchall()
    object_owners: dict[tuple[str, Objects], set[str]] = {}
    for schema, kind, owner in connection.execute(_OBJECT_OWNERS.encode()):
        object_owners.setdefault((str(schema), Objects(kind)), set()).add(str(owner))
    return Catalog(
        roles=roles,
        memberships=frozenset(Membership(*row) for row in connection.execute(_MEMBERSHIPS).fetchall()),
        acts_as=frozenset(str(name) for (name,) in connection.execute(_ACTS_AS)),
        owners={str(schema): str(owner) for schema, owner in connection.execute(_SCHEMAS)},
        connects=frozenset(
            str(name) for (name,) in connection.execute(_CONNECTS, (known, specification.database))
        ),
        defaults=frozenset(_privileges(row[:5] for row in defaults if not row[5])),
        global_defaults=frozenset(_privileges(row[:5] for row in defaults if row[5])),
        some=frozenset(_privileges([*whole, *(row[:5] for row in objects)])),
        all=frozenset(_privileges([*whole, *(row[:5] for row in objects if row[5])])),
        object_owners={key: frozenset(owners) for key, owners in object_owners.items()},
    )


def _privileges(rows: Iterable[tuple[object, ...]]) -> Iterator[Privilege]:
    for schema, user, kind, action, is_grantable in rows:
        for grant_option in (False, True) if is_grantable else (False,):
            yield Privilege(str(schema), str(user), Objects(str(kind)), grant_option, str(action))
