"""Checks that names are unique in the plan and in the account."""

from collections.abc import Iterator, Mapping

from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource, known_prefix, make_error
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Unknown

# Arguments that name a resource. Types that AWS creates over an existing one (alarms, topics, attachments)
# are left out.
_NAMING_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "aws_autoscaling_group": ("name",),
    "aws_cloudfront_cache_policy": ("name",),
    "aws_cloudfront_function": ("name",),
    "aws_cloudfront_origin_access_control": ("name",),
    "aws_cloudfront_response_headers_policy": ("name",),
    "aws_cloudwatch_log_group": ("name",),
    "aws_db_instance": ("identifier",),
    "aws_db_parameter_group": ("name",),
    "aws_db_proxy": ("name",),
    "aws_db_subnet_group": ("name",),
    "aws_dynamodb_table": ("name",),
    "aws_ecr_repository": ("name",),
    "aws_eks_access_entry": ("cluster_name", "principal_arn"),
    "aws_eks_addon": ("cluster_name", "addon_name"),
    "aws_eks_cluster": ("name",),
    "aws_eks_node_group": ("cluster_name", "node_group_name"),
    "aws_eks_pod_identity_association": ("cluster_name", "namespace", "service_account"),
    "aws_elasticache_parameter_group": ("name",),
    "aws_elasticache_replication_group": ("replication_group_id",),
    "aws_elasticache_subnet_group": ("name",),
    "aws_elasticache_user": ("user_id",),
    "aws_elasticache_user_group": ("user_group_id",),
    "aws_iam_group": ("name",),
    "aws_iam_instance_profile": ("name",),
    "aws_iam_policy": ("name", "path"),
    "aws_iam_role": ("name",),
    "aws_iam_service_linked_role": ("aws_service_name", "custom_suffix"),
    "aws_iam_user": ("name",),
    "aws_key_pair": ("key_name",),
    "aws_kms_alias": ("name",),
    "aws_lambda_function": ("function_name",),
    "aws_launch_template": ("name",),
    "aws_lb": ("name",),
    "aws_lb_target_group": ("name",),
    "aws_s3_bucket": ("bucket",),
    "aws_secretsmanager_secret": ("name",),
    "aws_security_group": ("name", "vpc_id"),
    "aws_synthetics_canary": ("name",),
    "aws_wafv2_web_acl": ("name", "scope"),
}
NAMED_TYPES = tuple(_NAMING_ARGUMENTS)
# Types whose names are unique in the whole account or in all of AWS.
_GLOBAL_TYPES = ("aws_iam_", "aws_cloudfront_", "aws_s3_bucket")


def check_duplicate_names(resource: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that no other resource of the plan has the same name."""
    if any(_share_namespace(resource, other) for other in planned.find_with_same_key(resource, _name_key)):
        yield make_error(
            "Duplicate name",
            f"Another {resource.type} of the plan has {_display_names(resource)}. Use another name.",
            _NAMING_ARGUMENTS[resource.type][0],
        )


def check_name_available(resource: Resource, store: ResourceStore) -> Iterator[Diagnostic]:
    """Check that no resource of the account has the name. For apply, after deletions."""
    names = _NAMING_ARGUMENTS.get(resource.type, ())
    # An argument that is null doesn't match one that is set, so all of them are compared.
    arguments = {name: resource.values.get(name) for name in names if resource.values.get(name) is not None}
    if not resource.account or not names or any(isinstance(each, Unknown) for each in arguments.values()):
        return
    if resource.values.get(names[0]) is None:
        return
    everywhere = resource.type.startswith(_GLOBAL_TYPES)
    holder = store.find_by_arguments(resource.account, resource.type, arguments, everywhere=everywhere)
    if holder and holder.id != resource.get_text("id"):
        yield make_error(
            "Name already exists",
            f"The simulated account has a {resource.type} with {_display_names(resource)}. Import it "
            f"({holder.id}), destroy it, or use another name.",
            names[0],
        )


def _name_key(resource: Resource) -> tuple[str, ...] | None:
    """Return the values of the naming arguments, or None if AWS chooses the name or one is unknown."""
    values = [resource.values.get(name) for name in _NAMING_ARGUMENTS.get(resource.type, ())]
    if not values or not known_prefix(values[0]) or isinstance(values[0], Unknown):
        return None
    known = [known_prefix(each) if isinstance(each, Unknown) else str(each or "") for each in values]
    return tuple(known) if not any(isinstance(each, Unknown) and not each.prefix for each in values) else None


def _share_namespace(one: Resource, other: Resource) -> bool:
    if one.type.startswith(_GLOBAL_TYPES):
        return True
    return not one.account or not other.account or one.account.region == other.account.region


def _display_names(resource: Resource) -> str:
    return " and ".join(
        f"{name} {known_prefix(resource.values.get(name))!r}" for name in _NAMING_ARGUMENTS[resource.type]
    )
