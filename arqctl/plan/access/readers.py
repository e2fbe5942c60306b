"""Table of readers by resource type. Several readers may read one type."""

from collections.abc import Iterator, Mapping

from arqctl.plan.access import assumed_roles as acting
from arqctl.plan.access import (
    grants,
    iam,
    public_access,
    rbac,
    resource_policies,
    security_groups,
    switches,
    trust,
)
from arqctl.plan.access import network_paths as ways
from arqctl.plan.access import unparsed_grants as opaque
from arqctl.plan.access.permission import Reader

_CONCEPTS = (
    acting,
    grants,
    iam,
    opaque,
    public_access,
    rbac,
    resource_policies,
    security_groups,
    switches,
    trust,
    ways,
)


def _all() -> Iterator[tuple[str, tuple[Reader, ...]]]:
    tables = [concept.READERS for concept in _CONCEPTS]
    for type_ in {type_ for table in tables for type_ in table}:
        yield type_, tuple(table[type_] for table in tables if type_ in table)


READERS: Mapping[str, tuple[Reader, ...]] = dict(_all())
