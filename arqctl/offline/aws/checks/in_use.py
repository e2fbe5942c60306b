"""Checks that nothing that a distribution uses is deleted, and no VPC origin is changed, except its tags.

CloudFront answers with status 409. So Terraform must move the distribution to something else first.
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteVpcOrigin.html
https://github.com/hashicorp/terraform-provider-aws/issues/40905
The provider sends `UpdateVpcOrigin` for a changed `vpc_origin_endpoint_config` only. It sends tags with
`TagResource`.
"""

from collections.abc import Iterator, Mapping

from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_DISTRIBUTION = "aws_cloudfront_distribution"
_VPC_ORIGIN = "aws_cloudfront_vpc_origin"
_UPDATE_ERRORS = {_VPC_ORIGIN: "CannotUpdateEntityWhileInUse"}
_DELETION_ERRORS = {
    "aws_acm_certificate": "ResourceInUseException",
    "aws_cloudfront_cache_policy": "CachePolicyInUse",
    "aws_cloudfront_function": "FunctionInUse",
    "aws_cloudfront_origin_access_control": "OriginAccessControlInUse",
    "aws_cloudfront_origin_request_policy": "OriginRequestPolicyInUse",
    "aws_cloudfront_response_headers_policy": "ResponseHeadersPolicyInUse",
    _VPC_ORIGIN: "CannotDeleteEntityWhileInUse",
    "aws_wafv2_web_acl": "WAFAssociatedItemException",
}


def check_update_in_use(prior: Resource, planned: Resource, store: ResourceStore) -> Iterator[Diagnostic]:
    """Check that no distribution uses a VPC origin whose endpoint changes."""
    endpoint = "vpc_origin_endpoint_config"
    if prior.values.get(endpoint) != planned.values.get(endpoint):
        yield from _check(prior, store, _UPDATE_ERRORS, "changed")


def check_deletion_in_use(resource: Resource, store: ResourceStore) -> Iterator[Diagnostic]:
    """Check that no distribution uses a resource that is deleted. `resource` is its prior state."""
    yield from _check(resource, store, _DELETION_ERRORS, "deleted")


def _check(
    resource: Resource, store: ResourceStore, errors: Mapping[str, str], change: str
) -> Iterator[Diagnostic]:
    if resource.type not in errors or not resource.account:
        return
    names = {name for each in ("id", "arn") if (name := resource.get_text(each))}
    for distribution in store.list_everywhere(resource.account, _DISTRIBUTION):
        if names & set(_strings(dict(distribution.state))):
            yield make_error(
                f"Resource in use ({errors[resource.type]})",
                f"The distribution {distribution.id} uses it, so it can't be {change}. Set "
                "create_before_destroy, and replace it instead of changing it.",
                "id",
            )


def _strings(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
