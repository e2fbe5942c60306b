"""The SQL statements between the present and the specified users. None of them drops anything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from arqctl.core.errors import InputError, Problem
from arqctl.database.catalog import Catalog
from arqctl.database.privileges import PUBLIC, Objects, Privilege, is_managed, wanted_privileges
from arqctl.database.specification import Specification, User

_IAM = "rds_iam"
# https://www.postgresql.org/docs/current/predefined-roles.html
_READS_ALL = "pg_read_all_data"


@dataclass(frozen=True)
class Statement:
    """An SQL statement. It needs the privileges of the role `owner`, if there is one."""

    sql: str
    owner: str = ""


def quote(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def list_statements(specification: Specification, catalog: Catalog) -> list[Statement]:
    """Return the statements that are needed, in order. There are none if nothing has to change.

    Raises:
        InputError: if an existing role, schema or table has another purpose.
    """
    _require_usable_names(specification, catalog)
    return [
        *(statement for user in specification.users for statement in _role(user, specification, catalog)),
        *_memberships(specification, catalog),
        *(statement for user in specification.users for statement in _schema(user, catalog)),
        *_object_privileges(specification, catalog),
        *_default_privileges(specification, catalog),
    ]


def _require_usable_names(specification: Specification, catalog: Catalog) -> None:
    problems = []
    if _IAM not in catalog.roles:
        problems.append(Problem(specification.host, "has no role rds_iam", "Connect to an RDS instance"))
    for user in specification.users:
        role, owner = catalog.roles.get(user.name), catalog.owners.get(user.name, user.name)
        if role is not None and role.is_privileged:
            what = "is a role that administers the server"
            problems.append(Problem(user.name, what, "Use another user name"))
        if user.has_schema and owner != user.name:
            what = f"is a schema that {owner} owns"
            problems.append(Problem(user.name, what, f"Run ALTER SCHEMA {quote(user.name)} OWNER TO …"))
        if user.has_schema:
            problems.extend(_objects_of_others(user.name, specification, catalog))
    if problems:
        raise InputError(problems)


def _objects_of_others(schema: str, specification: Specification, catalog: Catalog) -> Iterator[Problem]:
    """Yield objects that another role owns: nobody can revoke the privileges of an owner."""
    usual = {schema, specification.master_user}
    for objects in (Objects.SEQUENCES, Objects.TABLES):
        for owner in sorted(catalog.object_owners.get((schema, objects), frozenset()) - usual):
            fix = f"Run ALTER TABLE … OWNER TO {quote(schema)} for each"
            yield Problem(schema, f"is a schema with {objects.lower()} that {owner} owns", fix)


def _role(user: User, specification: Specification, catalog: Catalog) -> Iterator[Statement]:
    name, role = quote(user.name), catalog.roles.get(user.name)
    if role is None:
        yield Statement(f"CREATE ROLE {name} LOGIN")
    elif not role.can_login:
        yield Statement(f"ALTER ROLE {name} LOGIN")
    if not catalog.has_iam_login(user.name):
        yield Statement(f"GRANT {_IAM} TO {name}")
    if user.reads_all and not catalog.is_member(user.name, of=_READS_ALL):
        yield Statement(f"GRANT {_READS_ALL} TO {name}")
    # A new role connects with the privileges of PUBLIC, unless somebody revoked them.
    if role is not None and user.name not in catalog.connects:
        yield Statement(f"GRANT CONNECT ON DATABASE {quote(specification.database)} TO {name}")


def _memberships(specification: Specification, catalog: Catalog) -> Iterator[Statement]:
    """Users are members of no other roles: a member has the privileges of its roles."""
    wanted = {user.name: {_IAM, _READS_ALL} if user.reads_all else {_IAM} for user in specification.users}
    for each in sorted(catalog.memberships):
        if each.member not in wanted:
            continue
        if each.role not in wanted[each.member]:
            yield Statement(f"REVOKE {quote(each.role)} FROM {quote(each.member)} CASCADE")
        elif each.admin_option:
            yield Statement(f"REVOKE ADMIN OPTION FOR {each.role} FROM {quote(each.member)} CASCADE")


def _schema(user: User, catalog: Catalog) -> Iterator[Statement]:
    if user.has_schema and user.name not in catalog.owners:
        yield Statement(f"CREATE SCHEMA {quote(user.name)} AUTHORIZATION {quote(user.name)}", user.name)


def _object_privileges(specification: Specification, catalog: Catalog) -> Iterator[Statement]:
    wanted = wanted_privileges(specification)
    kinds = {*catalog.object_owners, *((grant.schema, Objects.SCHEMA) for grant in wanted)}
    for grants in _grouped(_excess(catalog.some, specification)):
        yield Statement(
            f"{_revoke(grants)} ON {_target(grants[0], specification)} FROM {_grantee(grants[0])} CASCADE",
            _owner(grants[0]),
        )
    for grants in _grouped(grant for grant in wanted - catalog.all if (grant.schema, grant.objects) in kinds):
        yield Statement(
            f"GRANT {_actions(grants)} ON {_target(grants[0], specification)} TO {_grantee(grants[0])}",
            _owner(grants[0]),
        )


def _default_privileges(specification: Specification, catalog: Catalog) -> Iterator[Statement]:
    """Set the privileges on tables and sequences that the owner of a schema creates later."""
    wanted = {grant for grant in wanted_privileges(specification) if grant.objects is not Objects.SCHEMA}
    for grants in _grouped(_excess(catalog.global_defaults, specification)):
        yield Statement(
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {quote(grants[0].schema)} "
            f"{_revoke(grants)} ON {grants[0].objects} FROM {_grantee(grants[0])} CASCADE",
            grants[0].schema,
        )
    for grants in _grouped(_excess(catalog.defaults, specification)):
        change = f"{_revoke(grants)} ON {grants[0].objects} FROM {_grantee(grants[0])} CASCADE"
        yield Statement(f"{_default(grants[0])} {change}", grants[0].schema)
    for grants in _grouped(wanted - catalog.defaults):
        change = f"GRANT {_actions(grants)} ON {grants[0].objects} TO {_grantee(grants[0])}"
        yield Statement(f"{_default(grants[0])} {change}", grants[0].schema)


def _excess(present: Iterable[Privilege], specification: Specification) -> set[Privilege]:
    wanted = wanted_privileges(specification)
    return {grant for grant in present if grant not in wanted and is_managed(grant, specification)}


def _grouped(grants: Iterable[Privilege]) -> Iterator[list[Privilege]]:
    for _, group in groupby(
        sorted(grants), lambda each: (each.schema, each.user, each.objects, each.grant_option)
    ):
        yield list(group)


def _default(grant: Privilege) -> str:
    schema = quote(grant.schema)
    return f"ALTER DEFAULT PRIVILEGES FOR ROLE {schema} IN SCHEMA {schema}"


def _target(grant: Privilege, specification: Specification) -> str:
    if grant.objects is Objects.DATABASE:
        return f"DATABASE {quote(specification.database)}"
    if grant.objects is Objects.SCHEMA:
        return f"SCHEMA {quote(grant.schema)}"
    return f"ALL {grant.objects} IN SCHEMA {quote(grant.schema)}"


def _owner(grant: Privilege) -> str:
    """Return the owner of a user's schema. The master user owns the database and its schema `public`."""
    return "" if grant.schema == PUBLIC else grant.schema


def _grantee(grant: Privilege) -> str:
    return "PUBLIC" if grant.user == PUBLIC else quote(grant.user)


def _revoke(grants: list[Privilege]) -> str:
    option = "GRANT OPTION FOR " if grants[0].grant_option else ""
    return f"REVOKE {option}{_actions(grants)}"


def _actions(grants: Iterable[Privilege]) -> str:
    return ", ".join(grant.action for grant in grants)
