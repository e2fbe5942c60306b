"""Checks that the service-linked roles exist. Key policies name them, so AWS must know them beforehand."""

from collections.abc import Iterable, Iterator

from arqctl.core.json_access import as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.aws.configuration import Configuration
from arqctl.doctor.aws.instance_pools import uses_spot
from arqctl.doctor.aws.karpenter_pools import karpenter_pools
from arqctl.doctor.check import Check

# The services whose role AWS needs for a resource of the type.
_SERVICES = {
    "aws_autoscaling_group": "autoscaling.amazonaws.com",
    "aws_eks_node_group": "autoscaling.amazonaws.com",
    "aws_db_instance": "rds.amazonaws.com",
    "aws_elasticache_replication_group": "elasticache.amazonaws.com",
    "aws_cloudfront_vpc_origin": "vpcorigin.cloudfront.amazonaws.com",
    "aws_config_configuration_recorder": "config.amazonaws.com",
    "aws_cloudwatch_event_connection": "apidestinations.events.amazonaws.com",
    "aws_wafv2_web_acl_logging_configuration": "wafv2.amazonaws.com",
}
# The names of their roles: constructs_arq/security/service_linked_roles.py has the sources.
ROLE_NAMES = {
    "apidestinations.events.amazonaws.com": "AWSServiceRoleForAmazonEventBridgeApiDestinations",
    "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    "backup.amazonaws.com": "AWSServiceRoleForBackup",
    "config.amazonaws.com": "AWSServiceRoleForConfig",
    "eks-nodegroup.amazonaws.com": "AWSServiceRoleForAmazonEKSNodegroup",
    "eks.amazonaws.com": "AWSServiceRoleForAmazonEKS",
    "elasticache.amazonaws.com": "AWSServiceRoleForElastiCache",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
    "replication.ecr.amazonaws.com": "AWSServiceRoleForECRReplication",
    "restore-testing.backup.amazonaws.com": "AWSServiceRoleForBackupRestoreTesting",
    "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
    "vpcorigin.cloudfront.amazonaws.com": "AWSServiceRoleForCloudFrontVPCOrigin",
    "wafv2.amazonaws.com": "AWSServiceRoleForWAFV2Logging",
}
_SPOT = "spot.amazonaws.com"


def _check(context: AwsContext) -> Iterator[Check]:
    services = _declared(context.configuration).keys() | _needed(context)
    if not services:
        return
    roles = context.list_all("iam", "list_roles", "Roles", PathPrefix="/aws-service-role/")
    existing = {(as_text(role.get("Path")), as_text(role.get("RoleName"))) for role in roles}
    absent = sorted(service for service in services if not _exists(service, existing))
    if absent:
        fix = _fix(context.configuration, absent)
        yield missing(SERVICE_LINKED_ROLES.name, f"{', '.join(absent)}: no role", fix)
    else:
        yield ok(SERVICE_LINKED_ROLES.name, f"{len(services)} of {len(services)} exist")


def _exists(service: str, roles: Iterable[tuple[str, str]]) -> bool:
    """Return whether a service has its role. Roles of single groups have the same path, and a suffix."""
    names = {name for path, name in roles if path == f"/aws-service-role/{service}/"}
    return ROLE_NAMES[service] in names if service in ROLE_NAMES else bool(names)


def _needed(context: AwsContext) -> set[str]:
    types = {resource.block.type for resource in context.configuration.resources(*_SERVICES)}
    has_spot = uses_spot(context) or any(pool.has_spot for pool in karpenter_pools(context))
    spot = {_SPOT} if has_spot else set()
    return {_SERVICES[type_] for type_ in types} | spot


def _declared(configuration: Configuration) -> dict[str, str]:
    """Return the stacks that create service-linked roles, by service. Roles with a suffix have one user."""
    return {
        role.text("aws_service_name"): role.stack.name
        for role in configuration.resources("aws_iam_service_linked_role")
        if not role.arguments.get("custom_suffix")
    }


def _fix(configuration: Configuration, services: list[str]) -> str:
    declared = _declared(configuration)
    deploy = configuration.deploy({declared[service] for service in services if service in declared})
    create = [
        f"aws iam create-service-linked-role --aws-service-name {service}"
        for service in services
        if service not in declared
    ]
    return " && ".join(filter(None, [deploy, *create]))


SERVICE_LINKED_ROLES = AwsCheck("service-linked roles", ("iam:ListRoles",), _check)
