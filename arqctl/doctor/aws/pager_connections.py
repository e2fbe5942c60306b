"""Checks that EventBridge has PagerDuty's key. Terraform creates the connection without one."""

from collections.abc import Iterator

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.check import Check

# `constructs_arq.observability.paging` creates the connection with this text in its description.
_NO_KEY = "no key yet"


def _check(context: AwsContext) -> Iterator[Check]:
    for connection in context.configuration.resources("aws_cloudwatch_event_connection"):
        yield _connection(context, connection)


def _connection(context: AwsContext, connection: Resource) -> Check:
    name, environment = connection.text("name"), context.configuration.environment
    try:
        found = context.call("events", "describe_connection", connection.region, Name=name)
    except AwsError as error:
        if error.code != "ResourceNotFoundException":
            raise
        return missing(
            PAGER_CONNECTIONS.name,
            f"{name}: does not exist",
            context.configuration.deploy([connection.stack.name]),
        )
    state = as_text(found.get("ConnectionState"))
    fix = f"arqctl paging set-key {environment}"
    if _NO_KEY in as_text(found.get("Description")):
        return missing(PAGER_CONNECTIONS.name, f"{name}: has no key, so nobody is paged", fix)
    if state != "AUTHORIZED":
        return missing(PAGER_CONNECTIONS.name, f"{name}: {state}, so nobody is paged", fix)
    return ok(PAGER_CONNECTIONS.name, f"{name}: AUTHORIZED")


PAGER_CONNECTIONS = AwsCheck("pager connection", ("events:DescribeConnection",), _check)
