"""Reads roles, schemas and privileges from PostgreSQL's catalogs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arqctl.database.privileges import Objects, Privilege
from arqctl.database.specification import Specification

if TYPE_CHECKING:
    from psycopg import Connection

_ROLES = """
SELECT rolname, rolcanlogin,
       rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls,
       EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
               WHERE m.member = r.oid AND g.rolname = 'rds_iam')
FROM pg_roles r WHERE rolname <> current_user
"""
_SCHEMAS = "SELECT nspname, pg_get_userbyid(nspowner) FROM pg_namespace"
_MEMBERSHIPS = "SELECT rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'USAGE')"
_SCHEMA_USAGE = """
SELECT nspname, rolname FROM pg_namespace, aclexplode(nspacl) a JOIN pg_roles r ON r.oid = a.grantee
WHERE a.privilege_type = 'USAGE'
"""
_PUBLIC_CREATES = """
SELECT FROM pg_namespace, aclexplode(nspacl) a
WHERE nspname = 'public' AND a.grantee = 0 AND a.privilege_type = 'CREATE'
"""
_DEFAULTS = """
SELECT nspname, rolname, CASE defaclobjtype WHEN 'S' THEN 'SEQUENCES' ELSE 'TABLES' END, a.privilege_type
FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace,
     aclexplode(d.defaclacl) a JOIN pg_roles r ON r.oid = a.grantee
WHERE d.defaclobjtype IN ('r', 'S') AND pg_get_userbyid(d.defaclrole) = nspname
"""
# The number of objects with each privilege, and the number of all objects of the kind in the schema.
_OBJECTS = """
WITH objects AS (
    SELECT c.oid, n.nspname, c.relacl, CASE c.relkind WHEN 'S' THEN 'SEQUENCES' ELSE 'TABLES' END AS kind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
)
SELECT o.nspname, r.rolname, o.kind, a.privilege_type, count(*),
       (SELECT count(*) FROM objects s WHERE s.nspname = o.nspname AND s.kind = o.kind)
FROM objects o, aclexplode(o.relacl) a JOIN pg_roles r ON r.oid = a.grantee
GROUP BY 1, 2, 3, 4
"""
_OBJECT_COUNTS = """
SELECT n.nspname, CASE c.relkind WHEN 'S' THEN 'SEQUENCES' ELSE 'TABLES' END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Role:
    """A role: whether it can log in, administers the server, and logs in with IAM."""

    can_login: bool
    is_privileged: bool
    has_iam_login: bool


@dataclass(frozen=True)
class Catalog:
    """The present roles, schemas with their owners, and privileges.

    `some` are privileges on at least one object, `all` are privileges on every object of the kind.
    `filled` are the kinds of objects that a schema has. `memberships` are roles that the session can act as.
    """

    roles: Mapping[str, Role]
    memberships: frozenset[str]
    owners: Mapping[str, str]
    usage: frozenset[tuple[str, str]]
    connects: frozenset[str]
    public_creates: bool
    defaults: frozenset[Privilege]
    some: frozenset[Privilege]
    all: frozenset[Privilege]
    filled: frozenset[tuple[str, Objects]]


def read_catalog(connection: "Connection", specification: Specification) -> Catalog:
    """Read the catalogs. The session user is the master user."""
    roles = {str(name): Role(*flags) for name, *flags in connection.execute(_ROLES).fetchall()}
    known = [user.name for user in specification.users if user.name in roles]
    connects = "SELECT name FROM unnest(%s::text[]) name WHERE has_database_privilege(name, %s, 'CONNECT')"
    counted = connection.execute(_OBJECTS).fetchall()
    return Catalog(
        roles=roles,
        memberships=frozenset(str(name) for (name,) in connection.execute(_MEMBERSHIPS)),
        owners={str(schema): str(owner) for schema, owner in connection.execute(_SCHEMAS)},
        usage=frozenset((str(schema), str(user)) for schema, user in connection.execute(_SCHEMA_USAGE)),
        connects=frozenset(
            str(name) for (name,) in connection.execute(connects, (known, specification.database))
        ),
        public_creates=connection.execute(_PUBLIC_CREATES).fetchone() is not None,
        defaults=frozenset(_privilege(*row) for row in connection.execute(_DEFAULTS)),
        some=frozenset(_privilege(*row[:4]) for row in counted),
        all=frozenset(_privilege(*row[:4]) for row in counted if row[4] == row[5]),
        filled=frozenset((str(schema), Objects(kind)) for schema, kind in connection.execute(_OBJECT_COUNTS)),
    )


def _privilege(schema: object, user: object, objects: object, action: object) -> Privilege:
    return Privilege(str(schema), str(user), Objects(str(objects)), str(action))
