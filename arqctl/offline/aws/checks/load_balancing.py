"""Checks of load balancers, listeners, listener rules and target groups."""

from collections.abc import Iterator

from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import (
    Resource,
    as_text,
    definitely_set,
    get_blocks,
    known_prefix,
    make_error,
    possibly_set,
)
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Unknown

_TLS_PROTOCOLS = ("HTTPS", "TLS")
_APPLICATION_PROTOCOLS = ("HTTP", "HTTPS")
_NETWORK_PROTOCOLS = ("TCP", "UDP", "TCP_UDP", "TLS", "QUIC", "TCP_QUIC")
_PROTOCOLS_BY_TYPE = {"app": _APPLICATION_PROTOCOLS, "net": _NETWORK_PROTOCOLS}
_TARGETS_BY_ACTION = {
    "forward": ("target_group_arn", "forward"),
    "redirect": ("redirect",),
    "fixed-response": ("fixed_response",),
    "authenticate-oidc": ("authenticate_oidc",),
    "authenticate-cognito": ("authenticate_cognito",),
}


def check_certificate(listener: Resource) -> Iterator[Diagnostic]:
    """Check that a TLS listener has a certificate of its region, and that other listeners have none."""
    protocol = listener.get_text("protocol")
    if protocol in _TLS_PROTOCOLS and not listener.possibly_set("certificate_arn"):
        yield make_error("TLS listener without a certificate", "Set certificate_arn.", "certificate_arn")
    if protocol in ("HTTP", "TCP", "UDP", "TCP_UDP"):
        for name in ("certificate_arn", "ssl_policy"):
            if listener.definitely_set(name):
                yield make_error(
                    f"{name} on a listener without TLS", f"protocol is {protocol}. Remove {name}.", name
                )
    region = listener.account.region if listener.account else None
    fields = known_prefix(listener.values.get("certificate_arn")).split(":")
    if len(fields) > 4 and fields[2] == "acm" and region and fields[3] != region:  # noqa: PLR2004 - an ARN's parts
        yield make_error(
            "Certificate of another region",
            f"certificate_arn is in {fields[3]}, but the listener is in {region}. Use a certificate of "
            f"{region}.",
            "certificate_arn",
        )


def check_protocol(listener: Resource) -> Iterator[Diagnostic]:
    """Check that the load balancer supports the listener's protocol."""
    arn, protocol = known_prefix(listener.values.get("load_balancer_arn")), listener.get_text("protocol")
    for kind, protocols in _PROTOCOLS_BY_TYPE.items():
        if f":loadbalancer/{kind}/" in arn and protocol and protocol not in protocols:
            yield make_error(
                "Protocol not supported by the load balancer",
                f"protocol is {protocol}. This type of load balancer supports {', '.join(protocols)}.",
                "protocol",
            )


def check_duplicate_listeners(listener: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that no other listener of the load balancer has the same port."""
    for other in planned.find_with_same_key(listener, _port_key):
        arn, other_arn = listener.values.get("load_balancer_arn"), other.values.get("load_balancer_arn")
        if planned.is_same_resource("aws_lb", arn, other_arn, "arn"):
            port = listener.get_number("port")
            yield make_error(
                "Duplicate listener port",
                f"Another listener of the load balancer has port {port}. Use another port.",
                "port",
            )
            return


def check_duplicate_priorities(rule: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that no other rule of the listener has the same priority."""
    for other in planned.find_with_same_key(rule, _priority_key):
        arn, other_arn = rule.values.get("listener_arn"), other.values.get("listener_arn")
        if planned.is_same_resource("aws_lb_listener", arn, other_arn, "arn"):
            priority = rule.get_number("priority")
            yield make_error(
                "Duplicate rule priority",
                f"Another rule of the listener has priority {priority}. Use another priority.",
                "priority",
            )
            return


def check_actions(resource: Resource) -> Iterator[Diagnostic]:
    """Check that each action has the target that its type needs."""
    for block in ("default_action", "action"):
        for action in resource.get_blocks(block):
            kind = as_text(action.get("type"))
            needed = _TARGETS_BY_ACTION.get(kind or "")
            if needed and not any(possibly_set(action, name) for name in needed):
                yield make_error(
                    "Action without a target", f"type is {kind}. Set {' or '.join(needed)}.", block
                )
            for response in get_blocks(action, "fixed_response"):
                code = as_text(response.get("status_code"))
                if code and not (code.isdigit() and code[0] in "245" and len(code) == 3):  # noqa: PLR2004
                    yield make_error(
                        "Invalid status code", f"status_code is {code}. Use 2XX, 4XX or 5XX.", block
                    )


def check_target_group(group: Resource) -> Iterator[Diagnostic]:
    """Check a target group's port, protocol, VPC and health check."""
    is_lambda = group.get_text("target_type") == "lambda"
    is_type_known = not isinstance(group.values.get("target_type"), Unknown)
    for name in ("port", "protocol", "vpc_id"):
        if is_type_known and not is_lambda and not possibly_set(group.values, name):
            yield make_error(f"Target group without {name}", f"Set {name}.", name)
        if is_lambda and name != "vpc_id" and definitely_set(group.values, name):
            yield make_error(
                f"Lambda target group with {name}", f"target_type is lambda. Remove {name}.", name
            )
    for check in group.get_blocks("health_check"):
        interval, timeout = as_number(check.get("interval")), as_number(check.get("timeout"))
        if interval is not None and timeout is not None and timeout >= interval:
            yield make_error(
                "Health check timeout is too long",
                f"timeout is {timeout} seconds, interval is {interval}. Make the timeout shorter than the "
                "interval.",
                "health_check",
            )
        path = as_text(check.get("path"))
        if path and not path.startswith("/"):
            yield make_error(
                "Invalid health check path", f"path is {path!r}. Start it with /.", "health_check"
            )


def _port_key(listener: Resource) -> tuple[str, int] | None:
    return _reference_and_number(listener, "load_balancer_arn", "port")


def _priority_key(rule: Resource) -> tuple[str, int] | None:
    return _reference_and_number(rule, "listener_arn", "priority")


def _reference_and_number(resource: Resource, parent: str, name: str) -> tuple[str, int] | None:
    reference, number = known_prefix(resource.values.get(parent)), resource.get_number(name)
    return (reference, int(number)) if reference and number is not None else None
