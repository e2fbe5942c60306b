"""IP address ranges that amount to the public internet."""

from ipaddress import IPv4Network, ip_network

from policies.stack import Json
from policies.verdict import Verdict, is_expression, pass_if

# Wider ranges contain whole countries. 0.0.0.0/1 and 128.0.0.0/1 are a common way around a ban on 0.0.0.0/0.
_MIN_IPV4_PREFIX, _MIN_IPV6_PREFIX = 8, 16
# VPCs can also have this range: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
_SHARED = IPv4Network("100.64.0.0/10")


def is_narrow_range(cidr: Json) -> Verdict:
    """Pass a range that is too narrow to amount to the internet; fail text that is not a range."""
    if is_expression(cidr):
        return Verdict.UNKNOWN
    try:
        network = ip_network(str(cidr), strict=False)
    except ValueError:
        return Verdict.FAIL
    return pass_if(
        network.prefixlen >= (_MIN_IPV4_PREFIX if isinstance(network, IPv4Network) else _MIN_IPV6_PREFIX)
    )


def is_private_range(cidr: Json) -> Verdict:
    """Pass a range that no address of the internet is in; fail text that is not a range."""
    if is_expression(cidr):
        return Verdict.UNKNOWN
    try:
        network = ip_network(str(cidr), strict=False)
    except ValueError:
        return Verdict.FAIL
    is_shared = isinstance(network, IPv4Network) and network.subnet_of(_SHARED)
    return pass_if(network.is_private or is_shared)
