"""Access of roles that the specification doesn't name. It is reported and not changed."""

from collections.abc import Iterator

from arqctl.database.catalog import Catalog
from arqctl.database.privileges import PUBLIC, Objects, Privilege, is_restricted
from arqctl.database.specification import Specification


def list_other_access(specification: Specification, catalog: Catalog) -> list[str]:
    """Return one line for each access of another role to the users, their schemas and the database."""
    return sorted({*_logins(specification, catalog), *_access(specification, catalog)})


def _logins(specification: Specification, catalog: Catalog) -> Iterator[str]:
    named = {user.name for user in specification.users}
    for name, role in catalog.roles.items():
        if name not in named and role.can_login and catalog.has_iam_login(name):
            yield f"{name} logs in with IAM"


def _access(specification: Specification, catalog: Catalog) -> Iterator[str]:
    named = {user.name for user in specification.users}
    ignored = {*named, PUBLIC, specification.master_user}
    for each in catalog.memberships:
        if each.role in named and each.member not in ignored:
            yield f"{each.member} is a member of {each.role}"
    actions: dict[tuple[str, str], set[str]] = {}
    for grant in {*catalog.some, *catalog.defaults, *catalog.global_defaults}:
        is_owner = catalog.owners.get(grant.schema) == grant.user
        if grant.user not in ignored and not is_owner and is_restricted(grant, specification):
            actions.setdefault((grant.user, _describe(grant, specification)), set()).add(grant.action)
    for (user, what), names in actions.items():
        yield f"{user} has {', '.join(sorted(names))} on {what}"


def _describe(grant: Privilege, specification: Specification) -> str:
    if grant.objects is Objects.DATABASE:
        return f"the database {specification.database}"
    if grant.objects is Objects.SCHEMA:
        return f"the schema {grant.schema}"
    return f"{grant.objects.lower()} in {grant.schema}"
