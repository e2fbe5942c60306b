"""Checks that somebody has authorized the code connections. Terraform can only create them."""

from collections.abc import Iterator

from arqctl.core.json_access import as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.check import Check

# The API of each type: the service has an old and a new name, with ARNs and permissions of their own.
_SERVICES = {
    "aws_codeconnections_connection": "codeconnections",
    "aws_codestarconnections_connection": "codestar-connections",
}


def _check(context: AwsContext) -> Iterator[Check]:
    for connection in context.configuration.resources(*_SERVICES):
        yield _connection(context, connection)


def _connection(context: AwsContext, connection: Resource) -> Check:
    name, region = connection.text("name"), connection.region
    service = _SERVICES[connection.block.type]
    found = context.list_all(service, "list_connections", "Connections", region)
    states = [as_text(each.get("ConnectionStatus")) for each in found if each.get("ConnectionName") == name]
    if not states:
        return missing(
            CONNECTIONS.name, f"{name}: does not exist", context.configuration.deploy([connection.stack.name])
        )
    if "AVAILABLE" not in states:
        fix = (
            "As an owner of the GitHub organization, choose Update pending connection: "
            f"https://{region}.console.aws.amazon.com/codesuite/settings/connections"
        )
        return missing(CONNECTIONS.name, f"{name}: {states[0]}", fix)
    return ok(CONNECTIONS.name, f"{name}: AVAILABLE")


CONNECTIONS = AwsCheck(
    "code connection", tuple(f"{service}:ListConnections" for service in _SERVICES.values()), _check
)
