"""Fallback values for attributes without a template, derived from the attribute's name."""

import re

from arqctl.offline.aws.ids import arn_service, arn_template
from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.aws.templates import render
from arqctl.offline.values import Unknown

# The first match wins. Attributes that are left to the user have none: an empty string means "not
# set".
_FALLBACKS: tuple[tuple[str, str], ...] = (
    (r"_prefix$", ""),
    (r"^(.*_)?(owner|account|registry|catalog)(_id|_account_id)?$|^customer_aws_id$", "{account}"),
    (
        r"(^|_)kms_key_(id|arn)$|^kms_key$|^encryption_key$",
        "arn:{partition}:kms:{region}:{account}:key/{uuid}",
    ),
    (r"(^|_)role_arn$", "arn:{partition}:iam::{account}:role/simulated-{alnum8}"),
    (r"(^|_)vpc_id$", "vpc-{hex17}"),
    (r"(^|_)subnet_id$", "subnet-{hex17}"),
    (r"(^|_)security_group_id$", "sg-{hex17}"),
    (r"(^|_)network_interface_id$", "eni-{hex17}"),
    (r"(^|_)route_table_id$", "rtb-{hex17}"),
    (r"(^|_)network_acl_id$", "acl-{hex17}"),
    (r"(^|_)allocation_id$", "eipalloc-{hex17}"),
    (r"(^|_)volume_id$", "vol-{hex17}"),
    (r"(^|_)snapshot_id$", "snap-{hex17}"),
    (r"(^|_)(image|ami)_id$", "ami-{hex17}"),
    (r"(^|_)zone_id$", "Z{ALNUM20}"),
    (r"(^|_)availability_zone$", "{region}a"),
    (r"(^|_)availability_zone_id$", "{region_code}-az1"),
    (r"^region$|_region$", "{region}"),
    (r"_id$", "{alnum20}"),
    (r"^unique_id$|_uuid$|^uu?id$|_token$", "{uuid}"),
    (r"(_at|_date|_time|_timestamp|_on)$|^(created|updated|modified|last_modified|timestamp)$", "{now}"),
    (r"^(status|state)$|_(status|state)$", "ACTIVE"),
    (r"^etag$|_etag$|fingerprint$|_hash$|^md5|_md5$", "{hex32}"),
    (r"_sha256$", "{mixed43}="),
    (r"^version$|_version$|^revision$", "1"),
    (r"(^|_)cidr_block$", "10.0.0.0/16"),
    (r"(^|_)(private_)?ip(_address)?$", "10.0.0.{digits2}"),
    (r"^uri$|_ur[il]$|^url$", "https://{alnum12}.{service}.{region}.{dns_suffix}"),
    (
        r"^endpoint$|_endpoint$|_host(name)?$|^(dns_name|fqdn|hostname)$",
        "{alnum12}.{service}.{region}.{dns_suffix}",
    ),
)
_COMPILED_FALLBACKS = tuple((re.compile(pattern), template) for pattern, template in _FALLBACKS)


def fallback_text(resource: SimulatedResource, names: tuple[str, ...]) -> str:
    """Return a fallback for the attribute at `names`, or "" if its name matches none."""
    template = _match_template(resource, names[-1])
    service = arn_service(resource.type)
    value = render(template, "/".join(names), resource, lambda name: service if name == "service" else None)
    return value.prefix if isinstance(value, Unknown) else value


def _match_template(resource: SimulatedResource, name: str) -> str:
    for pattern, template in _COMPILED_FALLBACKS:
        if pattern.search(name):
            return template
    if name == "arn" or name.endswith("_arn"):
        kind = name.removesuffix("arn").strip("_") or "resource"
        return arn_template(resource, kind.replace("_", "-"), "{alnum20}")
    return ""
