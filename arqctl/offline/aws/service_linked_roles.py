"""Names of service-linked roles, and the resources for which AWS creates them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
"""

from collections.abc import Mapping

from arqctl.offline.values import Value

PATH = "/aws-service-role/"
_NAMES: Mapping[str, str] = {
    "autoscaling": "AutoScaling",
    "backup": "Backup",
    "ecs": "ECS",
    "eks": "AmazonEKS",
    "eks-nodegroup": "AmazonEKSNodegroup",
    "elasticache": "ElastiCache",
    "elasticloadbalancing": "ElasticLoadBalancing",
    "opensearchservice": "AmazonOpenSearchService",
    "rds": "RDS",
    "restore-testing.backup": "BackupRestoreTesting",
    "spot": "EC2Spot",
    "spotfleet": "EC2SpotFleet",
    "vpcorigin.cloudfront": "CloudFrontVPCOrigin",
    "wafv2": "WAFV2Logging",
}
# Types of resources whose creation creates the role of a service, if the account has none.
CREATED_WITH: Mapping[str, tuple[str, ...]] = {
    "autoscaling.amazonaws.com": ("aws_autoscaling_group", "aws_eks_node_group"),
    "backup.amazonaws.com": ("aws_backup_selection",),
    "restore-testing.backup.amazonaws.com": ("aws_backup_restore_testing_selection",),
    "eks.amazonaws.com": ("aws_eks_cluster",),
    "eks-nodegroup.amazonaws.com": ("aws_eks_node_group",),
    "elasticache.amazonaws.com": ("aws_elasticache_replication_group", "aws_elasticache_cluster"),
    "elasticloadbalancing.amazonaws.com": ("aws_lb", "aws_elb"),
    "rds.amazonaws.com": ("aws_db_instance", "aws_rds_cluster"),
    "vpcorigin.cloudfront.amazonaws.com": ("aws_cloudfront_vpc_origin",),
    "wafv2.amazonaws.com": ("aws_wafv2_web_acl_logging_configuration",),
}


def role_name(service: str, custom_suffix: str = "") -> str:
    """Return the name of a service's role: a published one, or a plausible one for other services."""
    short = service.removesuffix(".amazonaws.com")
    name = _NAMES.get(short) or "".join(word.capitalize() for word in short.replace("-", ".").split("."))
    return f"AWSServiceRoleFor{name}" + (f"_{custom_suffix}" if custom_suffix else "")


def path_of(name: str) -> str:
    """Return the path of a service-linked role with a published name, "/" for another role."""
    services = {role_name(short): short for short in _NAMES}
    return f"{PATH}{services[name]}.amazonaws.com/" if name in services else "/"


def attributes_from_arn(arn: str) -> dict[str, Value]:
    """Return what the ARN of a service-linked role states about it; nothing for another ARN."""
    _, found, rest = arn.partition(f":role{PATH}")
    service, separator, name = rest.partition("/")
    if not found or not separator:
        return {}
    suffix = name.partition("_")[2]
    return {
        "arn": arn,
        "aws_service_name": service,
        "custom_suffix": suffix or None,
        "name": name,
        "path": f"{PATH}{service}/",
    }


def attributes_in_id(type_name: str, id: str) -> Mapping[str, Value]:
    """Return the attributes that the id of an imported resource contains."""
    return attributes_from_arn(id) if type_name == "aws_iam_service_linked_role" else {}
