"""The SQL statements between the present and the specified users. None of them drops anything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from arqctl.core.errors import InputError, Problem
from arqctl.database.catalog import Catalog
from arqctl.database.privileges import Privilege, wanted_privileges
from arqctl.database.specification import Specification, User


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
        InputError: if an existing role or schema has another purpose.
    """
    _require_usable_names(specification, catalog)
    return [
        *(statement for user in specification.users for statement in _role(user, specification, catalog)),
        *(statement for user in specification.users for statement in _schema(user, catalog)),
        *_schema_usage(specification, catalog),
        *_object_privileges(specification, catalog),
        *_public_schema(catalog),
    ]


def _require_usable_names(specification: Specification, catalog: Catalog) -> None:
    problems = []
    if "rds_iam" not in catalog.roles:
        problems.append(Problem(specification.host, "has no role rds_iam", "Connect to an RDS instance"))
    for user in specification.users:
        role, owner = catalog.roles.get(user.name), catalog.owners.get(user.name, user.name)
        if role is not None and role.is_privileged:
            what = "is a role that administers the server"
            problems.append(Problem(user.name, what, "Use another user name"))
        if user.has_schema and owner != user.name:
            what = f"is a schema that {owner} owns"
            problems.append(Problem(user.name, what, f"Run ALTER SCHEMA {quote(user.name)} OWNER TO …"))
    if problems:
        raise InputError(problems)


def _role(user: User, specification: Specification, catalog: Catalog) -> Iterator[Statement]:
    name, role = quote(user.name), catalog.roles.get(user.name)
    if role is None:
        yield Statement(f"CREATE ROLE {name} LOGIN")
    elif not role.can_login:
        yield Statement(f"ALTER ROLE {name} LOGIN")
    if role is None or not role.has_iam_login:
        yield Statement(f"GRANT rds_iam TO {name}")
    # A new role connects with the privileges of PUBLIC, unless somebody revoked them.
    if role is not None and user.name not in catalog.connects:
        yield Statement(f"GRANT CONNECT ON DATABASE {quote(specification.database)} TO {name}")


def _schema(user: User, catalog: Catalog) -> Iterator[Statement]:
    if user.has_schema and user.name not in catalog.owners:
        yield Statement(f"CREATE SCHEMA {quote(user.name)} AUTHORIZATION {quote(user.name)}", user.name)


def _schema_usage(specification: Specification, catalog: Catalog) -> Iterator[Statement]:
    wanted = {(grant.schema, grant.user) for grant in wanted_privileges(specification)}
    present = {pair for pair in catalog.usage if pair in set(_pairs(specification))}
    for schema, user in sorted(wanted - present):
        yield Statement(f"GRANT USAGE ON SCHEMA {quote(schema)} TO {quote(user)}", schema)
    for schema, user in sorted(present - wanted):
        yield Statement(f"REVOKE USAGE ON SCHEMA {quote(schema)} FROM {quote(user)}", schema)


def _object_privileges(specification: Specification, catalog: Catalog) -> Iterator[Statement]:
    wanted, pairs = wanted_privileges(specification), set(_pairs(specification))
    defaults = {grant for grant in catalog.defaults if (grant.schema, grant.user) in pairs}
    some = {grant for grant in catalog.some if (grant.schema, grant.user) in pairs}
    lacking = {grant for grant in wanted - catalog.all if (grant.schema, grant.objects) in catalog.filled}
    for grants, verb, word in ((wanted - defaults, "GRANT", "TO"), (defaults - wanted, "REVOKE", "FROM")):
        for some_grants in _grouped(grants):
            schema, user = some_grants[0].schema, quote(some_grants[0].user)
            yield Statement(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE {quote(schema)} IN SCHEMA {quote(schema)} "
                f"{verb} {_actions(some_grants)} ON {some_grants[0].objects} {word} {user}",
                schema,
            )
    for grants, verb, word in ((lacking, "GRANT", "TO"), (some - wanted, "REVOKE", "FROM")):
        for some_grants in _grouped(grants):
            schema, user = some_grants[0].schema, quote(some_grants[0].user)
            yield Statement(
                f"{verb} {_actions(some_grants)} ON ALL {some_grants[0].objects} IN SCHEMA {quote(schema)} "
                f"{word} {user}",
                schema,
            )


def _public_schema(catalog: Catalog) -> Iterator[Statement]:
    # Databases that PostgreSQL 14 or older created let every user create tables there.
    if catalog.public_creates:
        yield Statement("REVOKE CREATE ON SCHEMA public FROM PUBLIC")


def _pairs(specification: Specification) -> Iterator[tuple[str, str]]:
    """Yield each schema of a user with each other user: privileges on others are not managed."""
    for owner in specification.users:
        if owner.has_schema:
            yield from ((owner.name, user.name) for user in specification.users if user is not owner)


def _grouped(grants: Iterable[Privilege]) -> Iterator[list[Privilege]]:
    for _, group in groupby(sorted(grants), key=lambda grant: (grant.schema, grant.user, grant.objects)):
        yield list(group)


def _actions(grants: Iterable[Privilege]) -> str:
    return ", ".join(grant.action for grant in grants)
