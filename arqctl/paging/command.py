"""The commands `arqctl paging set-key`, `set-heartbeat` and `check`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from arqctl.core.assembly import read_assembly, select_stacks
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.cli_options import Environment, From, open_assembly
from arqctl.core.errors import InputError, Problem
from arqctl.core.progress import progress
from arqctl.core.sanitize import sanitize
from arqctl.paging.connection import Connection
from arqctl.paging.heartbeat import find_heartbeat_topic, subscribe
from arqctl.paging.secret import read_field, read_heartbeat_url, require_key, require_valid_fields

paging = typer.Typer(name="paging", help="Give AWS the keys of the paging service.", no_args_is_help=True)


@paging.command()
def set_key(
    environment: Environment,
    *,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read the key from standard input instead of the secret.")
    ] = False,
    source: From = None,
) -> None:
    """Put PagerDuty's key into the connections of EventBridge. No output contains the key.

    Each region with critical alarms has one, also that of a standby. The key is the field `routing_key` of
    the secret ENV/paging. Terraform creates a connection without a key, and never changes it. Repeat the
    command after a rotation of the key, or a new connection. The caller needs `events:UpdateConnection` and
    `secretsmanager:GetSecretValue`, which delivery roles don't have.

    Exit codes: 0 done, 2 invalid input, no credentials or a rejected call, 1 internal error.

    Example: arqctl paging set-key production
    """
    with progress() as on_progress, open_assembly(source, on_progress, aws_stacks=[environment]) as outdir:
        connections = Connection.find_all(environment, select_stacks(read_assembly(outdir), environment))
    api, first = AwsApi.connect(), connections[0]
    with _aws_problems(environment):
        first.require_account(api, environment)
        if stdin:
            key = require_key(sys.stdin.read())
        else:
            key = require_key(read_field(api, environment, first.region, "routing_key"))
        for each in connections:
            each.set_key(api, key)
            typer.echo(f"{each.name} in {each.region} has the key")
    typer.echo(f"Check: arqctl doctor {environment} --aws")


@paging.command()
def set_heartbeat(environment: Environment, *, source: From = None) -> None:
    """Subscribe the receiver of heartbeats outside AWS. No output contains its URL.

    The URL is the field `heartbeat_url` of the secret ENV/paging. Then open the confirmation link: a receiver
    such as healthchecks.io shows it in the body of the last message. The caller needs `sns:Subscribe` and
    `secretsmanager:GetSecretValue`.

    Exit codes: 0 done, 2 invalid input, no credentials or a rejected call, 1 internal error.

    Example: arqctl paging set-heartbeat production
    """
    with progress() as on_progress, open_assembly(source, on_progress, aws_stacks=[environment]) as outdir:
        stacks = select_stacks(read_assembly(outdir), environment)
    connection, topic = Connection.find(environment, stacks), find_heartbeat_topic(environment, stacks)
    api, region = AwsApi.connect(), connection.region
    with _aws_problems(environment):
        account = connection.require_account(api, environment)
        url = read_heartbeat_url(api, environment, region)
        arn = f"arn:{api.partition_of(region)}:sns:{region}:{account}:{topic}"
        subscribe(api, topic_arn=arn, region=region, url=url)
    typer.echo(f"{topic} in {region} has a receiver. Open the confirmation link that the receiver shows")


@paging.command()
def check(environment: Environment, *, source: From = None) -> None:
    """Check that the secret ENV/paging has all fields in the right form. No output contains a value.

    `arqctl doctor` only checks that the secret exists, because it reads no values. The caller needs
    `secretsmanager:GetSecretValue`.

    Exit codes: 0 all fields are right, 2 a missing or invalid field, no credentials or a rejected call,
    1 internal error.

    Example: arqctl paging check production
    """
    with progress() as on_progress, open_assembly(source, on_progress, aws_stacks=[environment]) as outdir:
        connection = Connection.find(environment, select_stacks(read_assembly(outdir), environment))
    api = AwsApi.connect()
    with _aws_problems(environment):
        connection.require_account(api, environment)
        require_valid_fields(api, environment, connection.region)
    typer.echo(f"{environment}/paging has routing_key, heartbeat_url and watchdog_url")


@contextmanager
def _aws_problems(environment: str) -> Iterator[None]:
    try:
        yield
    except AwsError as error:
        fix = error.fix or "Use credentials of an administrator, and deploy the environment before"
        raise InputError([Problem(environment, sanitize(str(error)), fix)]) from None
