"""What AWS surely refuses beyond its schema: bad texts, numbers that don't fit, resources at odds.

`validated` needs one resource and no account. `planned` looks at what was planned before too; `created` at
what exists. Unknown values are left out, foretold ones (`Unknown.prefix`) are used as far as they go.
"""

from collections.abc import Mapping

from arqctl.offline.aws.resource_store import Ledger
from arqctl.offline.aws.checks.check_registry import ALL_TYPES, BETWEEN_ALL_TYPES, BETWEEN_BY_TYPE, OWN_BY_TYPE
from arqctl.offline.aws.checks.tls_keys import keys
from arqctl.offline.aws.checks.planned_resources import Registry
from arqctl.offline.aws.checks.resource import Resource
from arqctl.offline.aws.checks.unique_names import name_free
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

__all__ = ["Registry", "Resource", "created", "planned", "validated"]


def validated(type: str, config: Mapping[str, Value]) -> list[Diagnostic]:
    """What is wrong with a resource by itself, as written. For `terraform validate`, and every plan."""
    return _own(Resource(type, config))


def planned(resource: Resource, config: Mapping[str, Value], registry: Registry) -> list[Diagnostic]:
    """What is wrong with a resource as planned: by itself, and beside what was planned before it.

    Of itself it speaks by its configuration, where what is unset is unset; of others by what is planned,
    which holds what was foretold. Warnings were given at validation. To be called before `registry.plan`.
    """
    if not resource.type.startswith("aws_"):
        return _own(Resource(resource.type, config))
    rules = (*BETWEEN_ALL_TYPES, *BETWEEN_BY_TYPE.get(resource.type, ()))
    between = [each for rule in rules for each in rule(resource, registry)]
    own = _own(Resource(resource.type, config, resource.account))
    return [each for each in own if not each.is_warning] + between


def created(resource: Resource, ledger: Ledger) -> list[Diagnostic]:
    """Why the account can't take a new resource. For creation at apply, before anything is written."""
    return list(name_free(resource, ledger))


def _own(resource: Resource) -> list[Diagnostic]:
    if resource.type.startswith("tls_"):
        return list(keys(resource))
    if not resource.type.startswith("aws_"):
        return []
    rules = (*ALL_TYPES, *OWN_BY_TYPE.get(resource.type, ()))
    return [each for rule in rules for each in rule(resource)]
