"""Grants that arqctl can't parse: the review only reports that they change."""

import json
import re
from collections.abc import Iterator

from arqctl.core.json_access import KNOWN_AFTER_APPLY
from arqctl.plan.access.permission import NOT_DECIDED, ChangeSide, Kind, Permission, Reader
from arqctl.plan.access.policies import is_policy_text, permissions

# The arguments with the granted permissions.
_GRANT_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "aws_lakeformation_permissions": ("principal", "permissions", "permissions_with_grant_option"),
    "aws_opensearchserverless_access_policy": ("policy",),
    "aws_opensearchserverless_security_policy": ("policy",),
    "aws_redshift_data_share_authorization": ("consumer_identifier",),
    "aws_redshift_endpoint_authorization": ("account", "vpc_ids"),
    "aws_rolesanywhere_trust_anchor": ("source", "enabled"),
    "aws_ssm_document": ("permissions",),
    "aws_ssoadmin_customer_managed_policy_attachment": (
        "permission_set_arn", "customer_managed_policy_reference",
    ),
    "aws_verifiedpermissions_policy": ("definition",),
}  # fmt: skip

_GRANT_TYPE = re.compile(
    r"_(?:policy|permissions?|grants?|role_assignments?|role_bindings?|security_rules?|firewall_rules?"
    r"|security_lists?)(?:_v[0-9a-z]+)?$|_iam_|_access_(?!log)|^google_compute_firewall$"
    r"|^azurerm_network_security_group$"
)
_POLICY_ARGUMENT = re.compile(r"(?:^|_)polic(?:y|ies)(?:_document|_json|_text)?$")
# Types with a name like a grant's that allow nothing.
_NO_GRANTS = frozenset(
    """
    aws_app_cookie_stickiness_policy aws_appautoscaling_policy aws_autoscaling_policy
    aws_batch_scheduling_policy aws_cloudfront_cache_policy aws_cloudfront_continuous_deployment_policy
    aws_cloudfront_origin_access_control aws_cloudfront_origin_access_identity
    aws_cloudfront_origin_request_policy aws_cloudfront_response_headers_policy
    aws_cloudwatch_log_account_policy aws_cloudwatch_log_data_protection_policy
    aws_cloudwatch_log_index_policy aws_dlm_lifecycle_policy aws_ecr_lifecycle_policy aws_efs_access_point
    aws_efs_backup_policy aws_emr_managed_scaling_policy aws_fms_policy aws_iam_account_alias
    aws_iam_account_password_policy aws_iam_group aws_iam_security_token_service_preferences
    aws_iam_server_certificate aws_iam_virtual_mfa_device aws_imagebuilder_lifecycle_policy
    aws_lb_cookie_stickiness_policy aws_lb_ssl_negotiation_policy
    aws_lightsail_lb_https_redirection_policy aws_lightsail_lb_stickiness_policy
    aws_load_balancer_backend_server_policy aws_load_balancer_listener_policy aws_load_balancer_policy
    aws_opensearchserverless_lifecycle_policy aws_proxy_protocol_policy
    aws_resiliencehub_resiliency_policy aws_route53_resolver_firewall_rule aws_route53_traffic_policy
    aws_securityhub_configuration_policy aws_sns_topic_data_protection_policy
    aws_sqs_queue_redrive_allow_policy aws_sqs_queue_redrive_policy azurerm_storage_management_policy
    google_compute_ssl_policy google_monitoring_alert_policy pagerduty_escalation_policy
    """.split()  # noqa: SIM905
)
# Arguments that change without any effect on what is granted.
_NO_EFFECT = ("id", "arn", "tags", "tags_all", "description", "timeouts")


def _read(side: ChangeSide) -> Iterator[Permission]:
    """Yield one permission for each text of a grant; only an equal one covers it."""
    text = "; ".join(side.values.text(argument) for argument in _GRANT_ARGUMENTS[side.type])
    if text.strip("; "):
        yield Permission(
            Kind.GRANT,
            f"{side.address} {text}",
            "principals that it names",
            "use its permissions",
            side.address,
        )


def unread_grants(side: ChangeSide, *, is_listed: bool) -> Iterator[Permission]:
    """Yield the permissions of arguments that hold an IAM policy and that no reader has read.

    A type that is not listed, has a name like a grant's, such as `_policy` or `_permission`, and holds no
    policy is one permission that can't be decided.
    """
    if side.type in _NO_GRANTS:
        return
    documents = list(side.values.unread_texts(is_policy_text))
    for document in documents:
        scope, who = f"policy of {side.address}", f"holders of {side.address}"
        yield from permissions(side, document, Kind.RESOURCE_POLICY, scope, who=who, on=side.address)
    if is_listed:
        return
    if any(map(_POLICY_ARGUMENT.search, side.values.unknown_names())):
        yield Permission(
            Kind.RESOURCE_POLICY, side.address, KNOWN_AFTER_APPLY, KNOWN_AFTER_APPLY, side.address
        )
    elif not documents and _GRANT_TYPE.search(side.type):
        content = json.dumps(side.values.content(_NO_EFFECT), sort_keys=True)
        yield Permission(Kind.GRANT, f"{side.address} {content}", NOT_DECIDED, NOT_DECIDED, side.address)


READERS: dict[str, Reader] = dict.fromkeys(_GRANT_ARGUMENTS, _read)
