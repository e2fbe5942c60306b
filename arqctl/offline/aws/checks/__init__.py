"""What AWS surely refuses beyond its schema: bad texts, numbers that don't fit, resources at odds.

`validated` needs one resource and no account. `planned` looks at what was planned before too; `created` at
what exists. Unknown values are left out, foretold ones (`Unknown.prefix`) are used as far as they go.
"""

from collections.abc import Mapping

from arqctl.offline.aws.checks.check_registry import (
    COMMON_CONFIG_CHECKS,
    COMMON_PLAN_CHECKS,
    CONFIG_CHECKS_BY_TYPE,
    PLAN_CHECKS_BY_TYPE,
)
from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource
from arqctl.offline.aws.checks.tls_keys import check_tls_arguments
from arqctl.offline.aws.checks.unique_names import check_name_available
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

__all__ = ["PlannedResources", "Resource", "check_config", "check_create", "check_plan"]


def check_config(type: str, config: Mapping[str, Value]) -> list[Diagnostic]:
    """What is wrong with a resource by itself, as written. For `terraform validate`, and every plan."""
    return _own(Resource(type, config))


def check_plan(
    resource: Resource, config: Mapping[str, Value], planned: PlannedResources
) -> list[Diagnostic]:
    """What is wrong with a resource as planned: by itself, and beside what was planned before it.

    Of itself it speaks by its configuration, where what is unset is unset; of others by what is planned,
    which holds what was foretold. Warnings were given at validation. To be called before `registry.plan`.
    """
    if not resource.type.startswith("aws_"):
        return _own(Resource(resource.type, config))
    checks = (*COMMON_PLAN_CHECKS, *PLAN_CHECKS_BY_TYPE.get(resource.type, ()))
    between = [each for check in checks for each in check(resource, planned)]
    own = _own(Resource(resource.type, config, resource.account))
    return [each for each in own if not each.is_warning] + between


def check_create(resource: Resource, store: ResourceStore) -> list[Diagnostic]:
    """Why the account can't take a new resource. For creation at apply, before anything is written."""
    return list(check_name_available(resource, store))


def _own(resource: Resource) -> list[Diagnostic]:
    if resource.type.startswith("tls_"):
        return list(check_tls_arguments(resource))
    if not resource.type.startswith("aws_"):
        return []
    checks = (*COMMON_CONFIG_CHECKS, *CONFIG_CHECKS_BY_TYPE.get(resource.type, ()))
    return [each for check in checks for each in check(resource)]
