"""Template variables that are computed from a resource's arguments.

Each function takes the resource and a function that resolves arguments. It returns None if there is no value.
"""

import ipaddress
from collections.abc import Callable, Mapping

from arqctl.offline.aws.availability_zones import find_zone
from arqctl.offline.aws.pseudorandom import ALPHABETS, digest, seeded_string
from arqctl.offline.aws.service_linked_roles import role_name
from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.aws.templates import ResolveArgument
from arqctl.offline.aws.templates_data import load_balancer_hosted_zone, s3_hosted_zone
from arqctl.offline.values import UNKNOWN, Unknown, Value

_LOAD_BALANCER_KINDS = {"application": "app", "network": "net", "gateway": "gwy"}
_PORT_BY_ENGINE_SUFFIX = {
    "postgres": 5432,
    "postgresql": 5432,
    "ee": 1521,
    "se2": 1521,
    "ex": 1433,
    "web": 1433,
    "redis": 6379,
}
# Reserved for documentation (RFC 5737): nothing real has these addresses.
_PUBLIC_ADDRESSES = ipaddress.ip_network("203.0.113.0/24")
# AWS reserves the first four addresses of a subnet.
_FIRST_FREE_ADDRESS = 4


def _load_balancer_kind(_: SimulatedResource, resolve: ResolveArgument) -> Value:
    kind = resolve("load_balancer_type")
    return (
        UNKNOWN if isinstance(kind, Unknown) else _LOAD_BALANCER_KINDS.get(str(kind or "application"), "app")
    )


def _listener_arn_base(_: SimulatedResource, resolve: ResolveArgument) -> Value:
    return _replace_resource_type(resolve("load_balancer_arn"), "loadbalancer/", "listener/")


def _rule_arn_base(_: SimulatedResource, resolve: ResolveArgument) -> Value:
    return _replace_resource_type(resolve("listener_arn"), "listener/", "listener-rule/")


def _replace_resource_type(arn: Value, old: str, new: str) -> Value:
    if isinstance(arn, Unknown):
        return Unknown(prefix=arn.prefix.replace(f":{old}", f":{new}", 1))
    return str(arn or "").replace(f":{old}", f":{new}", 1)


def _arn_suffix(_: SimulatedResource, resolve: ResolveArgument) -> Value:
    # CloudWatch identifies load balancers and target groups by the suffix of their ARNs.
    arn = resolve("arn")
    known = arn.prefix if isinstance(arn, Unknown) else str(arn or "")
    fields = known.split(":", 5)
    suffix = fields[5].removeprefix("loadbalancer/") if len(fields) > 5 else ""  # noqa: PLR2004 - an ARN's parts
    return Unknown(prefix=suffix) if isinstance(arn, Unknown) else suffix


def _load_balancer_host(_: SimulatedResource, resolve: ResolveArgument) -> Value:
    internal = resolve("internal")
    if isinstance(internal, Unknown):
        return UNKNOWN
    return _prepend("internal-" if internal is True else "", resolve("name"))


def _prepend(prefix: str, value: Value) -> Value:
    if isinstance(value, Unknown):
        return Unknown(prefix=prefix + value.prefix)
    return f"{prefix}{value or ''}"


def _known_prefix(value: Value) -> str:
    return value.prefix if isinstance(value, Unknown) else str(value or "")


def _load_balancer_zone(resource: SimulatedResource, _: ResolveArgument) -> Value:
    return load_balancer_hosted_zone(resource.account.region) or _zone_id(resource, "elb")


def _s3_zone(resource: SimulatedResource, _: ResolveArgument) -> Value:
    return s3_hosted_zone(resource.account.region) or _zone_id(resource, "s3")


def _zone_id(resource: SimulatedResource, service: str) -> str:
    return "Z" + seeded_string(ALPHABETS["ALNUM"], 13, f"{service}/{resource.account.region}")


def _host_of_url(_: SimulatedResource, resolve: ResolveArgument) -> Value:
    url = resolve("url")
    if isinstance(url, Unknown):
        return Unknown(
            prefix=url.prefix.removeprefix("https://") if url.prefix.startswith("https://") else ""
        )
    return str(url or "").removeprefix("https://")


def _ssm_path(_: SimulatedResource, resolve: ResolveArgument) -> Value:
    name = resolve("name")
    # An unknown name may start with a slash.
    if isinstance(name, Unknown) and not name.prefix:
        return UNKNOWN
    return name if _known_prefix(name).startswith("/") else _prepend("/", name)


def _waf_arn_base(resource: SimulatedResource, resolve: ResolveArgument) -> Value:
    scope, account = resolve("scope"), resource.account
    if isinstance(scope, Unknown):
        return UNKNOWN
    where = "global" if scope == "CLOUDFRONT" else "regional"
    return f"arn:{account.partition}:wafv2:{account.region}:{account.id}:{where}"


def _full_name(resource: SimulatedResource, resolve: ResolveArgument) -> Value:
    name, zone_id = resolve("name"), resolve("zone_id")
    if not isinstance(name, str):
        return name
    known = resource.find("aws_route53_zone", zone_id) if isinstance(zone_id, str) else None
    domain = str(known.get("name") or "").rstrip(".") if known else ""
    name = name.rstrip(".").lower()
    return (
        name if not domain or name == domain or name.endswith(f".{domain}") else f"{name}.{domain}".strip(".")
    )


def _service_linked_role(_: SimulatedResource, resolve: ResolveArgument) -> Value:
    service, suffix = resolve("aws_service_name"), resolve("custom_suffix")
    if isinstance(service, Unknown) or isinstance(suffix, Unknown):
        return UNKNOWN
    return role_name(str(service), str(suffix or ""))


def _zone_name(resource: SimulatedResource, _: ResolveArgument) -> Value:
    return _availability_zone(resource, "name")


def _zone_id_of_name(resource: SimulatedResource, _: ResolveArgument) -> Value:
    return _availability_zone(resource, "id")


def _availability_zone(resource: SimulatedResource, field: str) -> Value:
    config, region = resource.config, resource.account.region
    given = config.get("availability_zone") or config.get("availability_zone_id") or f"{region}a"
    if isinstance(given, Unknown):
        return UNKNOWN
    found = find_zone(region, str(given))
    return getattr(found, field) if found else str(given)


def _engine_port(_: SimulatedResource, resolve: ResolveArgument) -> Value:
    engine = resolve("engine")
    return (
        UNKNOWN
        if isinstance(engine, Unknown)
        else _PORT_BY_ENGINE_SUFFIX.get(str(engine or "").split("-")[-1], 3306)
    )


def _vpc_of_subnets(resource: SimulatedResource, resolve: ResolveArgument) -> Value:
    for name in ("vpc_config.subnet_ids", "subnets", "subnet_ids", "vpc_subnet_ids", "subnet_id"):
        given = resolve(name)
        for subnet in given if isinstance(given, list) else [given]:
            found = resource.find("aws_subnet", subnet) if isinstance(subnet, str) else None
            if found:
                return found.get("vpc_id")
    return f"vpc-{digest(resource.seed, 'vpc')[:17]}"


def _address_in_subnet(resource: SimulatedResource, resolve: ResolveArgument) -> Value:
    subnet_id = resolve("subnet_id")
    subnet = resource.find("aws_subnet", subnet_id) if isinstance(subnet_id, str) else None
    network = ipaddress.ip_network(str(subnet.get("cidr_block")) if subnet else "10.0.0.0/24", strict=False)
    return _pick_address(resource, network, _FIRST_FREE_ADDRESS)


def _simulated_address(resource: SimulatedResource, resolve: ResolveArgument) -> Value:
    address = resource.find("aws_eip", str(resolve("allocation_id") or ""))
    return address.get("public_ip") if address else _pick_address(resource, _PUBLIC_ADDRESSES, 1)


def _simulated_host(resource: SimulatedResource, resolve: ResolveArgument) -> Value:
    dashed = str(_simulated_address(resource, resolve)).replace(".", "-")
    return f"ec2-{dashed}.{resource.account.region}.compute.{resource.account.dns_suffix}"


def _pick_address(
    resource: SimulatedResource, network: ipaddress.IPv4Network | ipaddress.IPv6Network, first: int
) -> str:
    free = max(1, network.num_addresses - first - 1)
    start = int(digest(resource.seed, "address")[:8], 16)
    return str(network[min(first + (start + (resource.ordinal or 0)) % free, network.num_addresses - 1)])


def _ca_certificate(resource: SimulatedResource, _: ResolveArgument) -> Value:
    from arqctl.offline.aws.certificates import ca_certificate_base64  # noqa: PLC0415 - cryptography is slow to load

    return ca_certificate_base64(f"{resource.seed}/{resource.ordinal}")


def _ipv6_block(resource: SimulatedResource, resolve: ResolveArgument) -> Value:
    # Reserved for documentation (RFC 3849), in the size that AWS assigns.
    if resolve("assign_generated_ipv6_cidr_block") is not True:
        return ""
    digits = seeded_string(ALPHABETS["hex"], 6, f"{resource.seed}/{resource.ordinal}/ipv6")
    return f"2001:db8:{digits[:4]}:{digits[4:]}00::/56"


# Variables that depend on arguments only, so that they can be predicted. The others need existing resources.
PLAN_TIME_VARIABLES: Mapping[str, Callable[[SimulatedResource, ResolveArgument], Value]] = {
    "load_balancer_kind": _load_balancer_kind,
    "listener_arn_base": _listener_arn_base,
    "rule_arn_base": _rule_arn_base,
    "arn_suffix": _arn_suffix,
    "load_balancer_host": _load_balancer_host,
    "load_balancer_zone": _load_balancer_zone,
    "s3_zone": _s3_zone,
    "host_of_url": _host_of_url,
    "service_linked_role": _service_linked_role,
    "ssm_path": _ssm_path,
    "waf_arn_base": _waf_arn_base,
    "zone_name": _zone_name,
    "zone_id_of_name": _zone_id_of_name,
    "engine_port": _engine_port,
}
TEMPLATE_VARIABLES: Mapping[str, Callable[[SimulatedResource, ResolveArgument], Value]] = {
    **PLAN_TIME_VARIABLES,
    "full_name": _full_name,
    "ipv6_block": _ipv6_block,
    "vpc_of_subnets": _vpc_of_subnets,
    "address_in_subnet": _address_in_subnet,
    "simulated_address": _simulated_address,
    "simulated_host": _simulated_host,
    "certificate": _ca_certificate,
}
