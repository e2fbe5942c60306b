"""Address ranges, and which of them mean everybody."""

from ipaddress import IPv4Network, ip_network

from policies.stack import Json
from policies.verdict import Verdict, decided, is_expression

# A range this wide holds whole countries; 0.0.0.0/1 and its twin are the usual way around a ban on /0.
_WIDEST_IPV4, _WIDEST_IPV6 = 8, 16


def is_narrow(cidr: Json) -> Verdict:
    """Hold for a range that doesn't amount to the whole internet."""
    if is_expression(cidr):
        return Verdict.UNKNOWN
    try:
        network = ip_network(str(cidr), strict=False)
    except ValueError:
        return Verdict.FAIL
    return decided(network.prefixlen >= (_WIDEST_IPV4 if isinstance(network, IPv4Network) else _WIDEST_IPV6))
