"""Checks that public DNS delegates the hosted zones to Route 53. Otherwise no certificate is validated."""

from collections.abc import Iterator

from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok, unknown
from arqctl.doctor.aws.hosted_zones import hosted_zones, zone_name
from arqctl.doctor.check import Check

_SECONDS = 10


class DnsError(Exception):
    """A question that public DNS did not answer."""


def find_name_servers(domain: str) -> frozenset[str]:
    """Return the name servers of a domain in public DNS; none if the domain does not exist.

    The system's resolver follows the delegation of the parent zone, and asks the servers that it names.

    Raises:
        DnsError: when there is no answer, or dnspython is not installed.
    """
    try:
        from dns import exception, resolver  # noqa: PLC0415 - part of the extra `aws`
    except ModuleNotFoundError as error:
        raise DnsError("dnspython is not installed: run `pip install 'arqctl[aws]'`") from error
    try:
        answer = resolver.resolve(domain, "NS", lifetime=_SECONDS)
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return frozenset()
    except exception.DNSException as error:
        raise DnsError(f"{type(error).__name__}: {error}") from error
    return frozenset(str(each.target).rstrip(".").lower() for each in answer)


def _check(context: AwsContext) -> Iterator[Check]:
    for zone in hosted_zones(context).values():
        if zone:
            yield _delegation(zone)


def _delegation(zone: Body) -> Check:
    name, own = zone_name(zone), _name_servers(zone)
    fix = f"In the parent zone or at the registrar, set the NS records of {name} to {', '.join(sorted(own))}"
    try:
        public = find_name_servers(name)
    except DnsError as error:
        return unknown(DELEGATION.name, f"{name}: no answer from public DNS: {error}", fix)
    if public == own:
        return ok(DELEGATION.name, f"{name} → {', '.join(sorted(own))}")
    found = ", ".join(sorted(public)) or "no name servers"
    return missing(DELEGATION.name, f"{name}: public DNS has {found}", fix)


def _name_servers(zone: Body) -> frozenset[str]:
    servers = as_list(as_object(zone.get("DelegationSet")).get("NameServers"))
    return frozenset(as_text(each).rstrip(".").lower() for each in servers)


DELEGATION = AwsCheck("zone delegation", ("route53:GetHostedZone",), _check)
