"""Checks for arguments that AWS would refuse although they fit the provider's schema.

`check_config` needs one resource and no account. `check_plan` also uses what was planned before.
`check_apply` and `check_create` use the resource store. Checks skip unknown values; they use the known prefix
of predicted ones (`Unknown.prefix`).
"""

from collections.abc import Mapping

from arqctl.offline.aws.checks.check_registry import (
    COMMON_CONFIG_CHECKS,
    COMMON_PLAN_CHECKS,
    CONFIG_CHECKS_BY_TYPE,
    PLAN_CHECKS_BY_TYPE,
)
from arqctl.offline.aws.checks.in_use import check_deletion_in_use, check_update_in_use
from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.principals import check_principals, check_service_linked_role
from arqctl.offline.aws.checks.resource import Resource
from arqctl.offline.aws.checks.single_services import check_only_one
from arqctl.offline.aws.checks.tls_keys import check_tls_arguments
from arqctl.offline.aws.checks.unique_names import check_name_available
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

__all__ = [
    "PlannedResources",
    "Resource",
    "check_apply",
    "check_config",
    "check_create",
    "check_delete",
    "check_plan",
    "check_update",
]


def check_config(type: str, config: Mapping[str, Value]) -> list[Diagnostic]:
    """Return what is wrong with one resource's configuration. For `terraform validate` and every plan."""
    return _check_own(Resource(type, config))


def check_plan(
    resource: Resource, config: Mapping[str, Value], planned: PlannedResources
) -> list[Diagnostic]:
    """Return what is wrong with a planned resource, by itself and together with the resources planned before.

    The checks of the resource itself use its configuration, where an unset argument is None. The checks
    against other resources use planned values, which include predicted ones. Warnings are left out:
    validation gave them already. Call it before `PlannedResources.add_planned`.
    """
    if not resource.type.startswith("aws_"):
        return _check_own(Resource(resource.type, config))
    checks = (*COMMON_PLAN_CHECKS, *PLAN_CHECKS_BY_TYPE.get(resource.type, ()))
    plan_errors = [each for check in checks for each in check(resource, planned)]
    own_errors = _check_own(Resource(resource.type, config, resource.account))
    return [each for each in own_errors if not each.is_warning] + plan_errors


def check_apply(resource: Resource, store: ResourceStore) -> list[Diagnostic]:
    """Return why AWS refuses a new or changed resource. For apply, when references are known."""
    return list(check_principals(resource, store))


def check_create(resource: Resource, store: ResourceStore) -> list[Diagnostic]:
    """Return why the account can't take a new resource. For apply, before the store is changed."""
    return [*check_name_available(resource, store)] or [
        *check_service_linked_role(resource, store),
        *check_only_one(resource, store),
    ]


def check_update(prior: Resource, planned: Resource, store: ResourceStore) -> list[Diagnostic]:
    """Return why AWS refuses to change a resource. `prior` is its state before the change."""
    return list(check_update_in_use(prior, planned, store))


def check_delete(prior: Resource, store: ResourceStore) -> list[Diagnostic]:
    """Return why AWS refuses to delete a resource. `prior` is its state."""
    return list(check_deletion_in_use(prior, store))


def _check_own(resource: Resource) -> list[Diagnostic]:
    if resource.type.startswith("tls_"):
        return list(check_tls_arguments(resource))
    if not resource.type.startswith("aws_"):
        return []
    checks = (*COMMON_CONFIG_CHECKS, *CONFIG_CHECKS_BY_TYPE.get(resource.type, ()))
    return [each for check in checks for each in check(resource)]
