"""Checks that the hosted zones exist and contain the environment's domains."""

from collections.abc import Iterator

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.check import Check


def hosted_zones(context: AwsContext) -> dict[str, Body]:
    """Return the hosted zones of the configuration by id; empty for those that don't exist.

    Raises:
        AwsError: when AWS rejects the call or can't be reached.
    """
    records = context.configuration.resources("aws_route53_record")
    ids = sorted({record.text("zone_id") for record in records} - {""})
    return {zone_id: _zone(context, zone_id) for zone_id in ids}


def zone_name(zone: Body) -> str:
    """Return the domain of a hosted zone."""
    return as_text(as_object(zone.get("HostedZone")).get("Name")).rstrip(".")


def _zone(context: AwsContext, zone_id: str) -> Body:
    try:
        return context.call("route53", "get_hosted_zone", Id=zone_id)
    except AwsError as error:
        if error.code == "NoSuchHostedZone":
            return {}
        raise


def _check(context: AwsContext) -> Iterator[Check]:
    zones = hosted_zones(context)
    absent = [zone_id for zone_id, zone in zones.items() if not zone]
    names = [zone_name(zone) for zone in zones.values() if zone]
    private = [zone_name(zone) for zone in zones.values() if zone and _is_private(zone)]
    outside = (
        []
        if absent
        else [each for each in _domains(context) if not any(_is_in(each, zone) for zone in names)]
    )
    fix = "aws route53 list-hosted-zones"
    if absent:
        yield missing(HOSTED_ZONES.name, f"{', '.join(absent)}: not in this account", fix)
    elif private:
        yield missing(HOSTED_ZONES.name, f"{', '.join(private)}: private, but must be public", fix)
    elif outside:
        yield missing(HOSTED_ZONES.name, f"{', '.join(outside)}: not in {', '.join(names)}", fix)
    elif zones:
        yield ok(HOSTED_ZONES.name, ", ".join(names))


def _domains(context: AwsContext) -> list[str]:
    """Return the domains of certificates and records."""
    certificates = context.configuration.resources("aws_acm_certificate")
    found = {each.text("domain_name").removeprefix("*.") for each in certificates}
    found |= {each.text("name") for each in context.configuration.resources("aws_route53_record")}
    for each in certificates:
        found |= {
            as_text(name).removeprefix("*.")
            for name in as_list(each.arguments.get("subject_alternative_names"))
        }
    return sorted(found - {""})


def _is_private(zone: Body) -> bool:
    return as_object(as_object(zone.get("HostedZone")).get("Config")).get("PrivateZone") is True


def _is_in(domain: str, zone: str) -> bool:
    return f".{domain.rstrip('.')}".endswith(f".{zone}")


HOSTED_ZONES = AwsCheck("hosted zone", ("route53:GetHostedZone",), _check)
