"""Grants that arqctl can't parse: the review only reports that they change."""

import json
import re
from collections.abc import Iterator

from arqctl.core.json_access import KNOWN_AFTER_APPLY, Json
from arqctl.plan.access.permission import NOT_DECIDED, ChangeSide, Kind, Permission, Reader
from arqctl.plan.access.policies import is_policy_text, permissions

# The arguments with the granted permissions.
_GRANT_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "aws_elasticache_user": ("access_string",),
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

_VERSION = r"(?:_v[0-9a-z]+)?$"
_HOLDERS = "access|account|api|application|client|deploy|login|member|principal|role|ssh|usage_plan|user"
_GRANT_TYPE = re.compile(
    r"_(?:policy|permissions?|grants?|role_assignments?|role_bindings?|role_associations?|security_lists?"
    rf"|access|members?|memberships?){_VERSION}"
    rf"|(?<!_web)_acl{_VERSION}"
    r"|_(?:security|firewall(?:_policy)?)_rules?(?:_|$)|_grants?_|_iam_|_access_(?!log)"
    r"|authorization|collaborator|delegated_admin|_admin_account|permissions_boundary|_user_in_group"
    rf"|_(?:{_HOLDERS})_(?:keys?|passwords?|credentials?|secrets?|tokens?|certificates?){_VERSION}"
    r"|^google_compute_firewall$|^azurerm_network_security_group$"
)
# Grants whose deletion can allow more: they can hold denials.
_MAY_DENY = re.compile(r"polic(?:y|ies)|_acl|firewall|security_(?:rule|list|group)")
# Types that only deny.
_DENIES = re.compile(r"permissions_boundary|block_public_access|public_access_block|_deny_")
_GRANT_ARGUMENT = re.compile(r"(?:permissions?|admins?|administrators?|(?:\w+_)?principals?(?:_\w+)?)")
_POLICY_ARGUMENT = re.compile(r"polic|document")
# Arguments with a name like a policy's that allow nothing. AWS or Kubernetes chooses many of them.
_NO_POLICY_ARGUMENT = re.compile(
    r"_(?:formats?|ids?|lockout_safety_check|names?|types?|urls?|versions?)$"
    r"|(?:alpn|auto_?scaling|deletion|delivery|dns|filter|lifecycle|protocol|pull|reclaim|redrive"
    r"|redrive_allow|referrer|restart|retention|retry|routing|scaling|ssl|termination|tls|update|upgrade"
    r")_polic(?:y|ies)"
)
# Templates of other resources, and the words in them that can grant access.
_TEMPLATES: dict[str, tuple[str, ...]] = {
    "aws_cloudcontrolapi_resource": ("type_name", "desired_state"),
    "aws_cloudformation_stack": ("template_body", "template_url", "parameters"),
    "aws_cloudformation_stack_set": ("template_body", "template_url", "parameters"),
}
_TEMPLATE_GRANT = re.compile(
    r"polic|permission|principal|securitygroup|ingress|egress|role|grant|acl|public|https?:", re.IGNORECASE
)
# Types with a name like a grant's that allow nothing.
_NO_GRANTS = frozenset(
    """
    aws_api_gateway_client_certificate aws_app_cookie_stickiness_policy aws_appautoscaling_policy
    aws_autoscaling_policy aws_batch_scheduling_policy aws_bedrockagent_agent_collaborator
    aws_cloudfront_cache_policy aws_cloudfront_continuous_deployment_policy
    aws_cloudfront_origin_access_control aws_cloudfront_origin_access_identity
    aws_cloudfront_origin_request_policy aws_cloudfront_response_headers_policy
    aws_cloudwatch_log_account_policy aws_cloudwatch_log_data_protection_policy
    aws_cloudwatch_log_index_policy aws_dlm_lifecycle_policy
    aws_ec2_transit_gateway_multicast_group_member aws_ecr_lifecycle_policy aws_efs_access_point
    aws_efs_backup_policy aws_emr_managed_scaling_policy aws_fms_policy aws_iam_account_alias
    aws_iam_account_password_policy aws_iam_group aws_iam_security_token_service_preferences
    aws_iam_server_certificate aws_iam_virtual_mfa_device aws_imagebuilder_lifecycle_policy
    aws_lb_cookie_stickiness_policy aws_lb_ssl_negotiation_policy aws_licensemanager_grant_accepter
    aws_lightsail_lb_https_redirection_policy aws_lightsail_lb_stickiness_policy
    aws_load_balancer_backend_server_policy aws_load_balancer_listener_policy aws_load_balancer_policy
    aws_opensearchserverless_lifecycle_policy aws_proxy_protocol_policy
    aws_redshift_hsm_client_certificate aws_resiliencehub_resiliency_policy
    aws_route53_resolver_firewall_rule aws_route53_resolver_firewall_rule_group
    aws_route53_resolver_firewall_rule_group_association aws_route53_traffic_policy
    aws_securityhub_configuration_policy aws_sns_topic_data_protection_policy
    aws_sqs_queue_redrive_allow_policy aws_sqs_queue_redrive_policy aws_wafv2_api_key
    azurerm_storage_management_policy google_compute_ssl_policy google_monitoring_alert_policy
    pagerduty_escalation_policy
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
    """Yield the permissions that no reader has read.

    IAM policies are read in every argument. A grant in another form is a permission that can't be decided:

    - an argument such as `permissions` or `principal`, or an unknown policy
    - a template of other resources
    - any change of a type that is not listed and has a name like a grant's
    """
    if side.type in _NO_GRANTS:
        return
    documents = list(side.values.unread_texts(is_policy_text))
    for document in documents:
        scope, who = f"policy of {side.address}", f"holders of {side.address}"
        yield from permissions(side, document, Kind.RESOURCE_POLICY, scope, who=who, on=side.address)
    is_grant = _GRANT_TYPE.search(side.type) or _DENIES.search(side.type)
    if not is_listed and any(map(_is_policy_argument, side.values.unknown_names())):
        yield Permission(
            Kind.RESOURCE_POLICY, side.address, KNOWN_AFTER_APPLY, KNOWN_AFTER_APPLY, side.address
        )
    elif not is_listed and not documents and is_grant:
        yield from _not_decided(side, side.values.content(_NO_EFFECT))
    else:
        yield from _granting_arguments(side)


def _granting_arguments(side: ChangeSide) -> Iterator[Permission]:
    names = [name for name in side.values.unread_names() if _GRANT_ARGUMENT.fullmatch(name)]
    if names:
        content: Json = {name: [side.values.text(name), side.values.unknown_parts(name)] for name in names}
        yield from _not_decided(side, content)
    template = "; ".join(side.values.text(name) for name in _TEMPLATES.get(side.type, ()))
    if _TEMPLATE_GRANT.search(template):
        yield from _not_decided(side, template)


def _not_decided(side: ChangeSide, content: Json) -> Iterator[Permission]:
    """Yield a permission for the content of a grant: only equal content covers it."""
    scope = f"{side.address} {json.dumps(content, sort_keys=True)}"
    if _DENIES.search(side.type):
        yield Permission(Kind.GRANT, scope, NOT_DECIDED, NOT_DECIDED, NOT_DECIDED, is_denial=True)
        return
    yield Permission(Kind.GRANT, scope, NOT_DECIDED, NOT_DECIDED, side.address)
    is_deleted = side.is_created_or_deleted and not side.is_after
    if is_deleted and _MAY_DENY.search(side.type):
        yield Permission(Kind.GRANT, scope, NOT_DECIDED, NOT_DECIDED, side.address, is_denial=True)


def _is_policy_argument(name: str) -> bool:
    return bool(_POLICY_ARGUMENT.search(name)) and not _NO_POLICY_ARGUMENT.search(name)


READERS: dict[str, Reader] = dict.fromkeys(_GRANT_ARGUMENTS, _read)
