"""Charges of CloudFront: requests, traffic and functions of a distribution, by assumed use."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from arqctl.core.json_access import Body
from arqctl.cost.arguments import read_blocks
from arqctl.cost.charges.charge import Charge, ChargeFunction, charge_usage
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources

_REGION: Final = "us-east-1"
_INVOCATION: Final = "invocation of a CloudFront function"
_BEHAVIORS: Final = ("default_cache_behavior", "ordered_cache_behavior")


def charge_distribution(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge requests to a distribution, traffic to viewers and its functions, at the price for Europe."""
    requests, gib = stack.usage("cdn_requests"), stack.usage("cdn_gib")
    yield from charge_usage("cloudfront/request-europe", requests, "request to a distribution", _REGION)
    yield from charge_usage("cloudfront/transfer-europe", gib, "GiB of a distribution to viewers", _REGION)
    if requests:
        yield from _charge_functions(resource, stack, requests)


def _charge_functions(
    distribution: PriceableResource, stack: StackResources, requests: Decimal
) -> Iterator[Charge]:
    """Charge each request as one of the behavior with the most functions, and one read of a key.

    Only functions with a key value store read keys.
    """
    groups = _functions_by_behavior(distribution.values)
    if groups is None:
        yield Charge("cloudfront/function", None, _INVOCATION, _REGION)
        return
    most = max(map(len, groups), default=0)
    yield from charge_usage("cloudfront/function", requests * most, _INVOCATION, _REGION)
    functions = [
        stack.find("aws_cloudfront_function", each.get("function_arn")) for group in groups for each in group
    ]
    if any(each and each.values.get("key_value_store_associations") for each in functions):
        yield from charge_usage("cloudfront/key-read", requests, "read of a key value store", _REGION)


def _functions_by_behavior(values: Body) -> list[tuple[Body, ...]] | None:
    """Return the associations with functions of each behavior; None if Terraform generates them."""
    found: list[tuple[Body, ...]] = []
    for name in _BEHAVIORS:
        behaviors = read_blocks(values, name)
        if not isinstance(behaviors, tuple):
            return None
        for behavior in behaviors:
            functions = read_blocks(behavior, "function_association")
            if not isinstance(functions, tuple):
                return None
            found.append(functions)
    return found


DISTRIBUTION: Mapping[str, ChargeFunction] = {"aws_cloudfront_distribution": charge_distribution}
