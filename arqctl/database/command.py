"""`arqctl database login` and `arqctl database migrate`."""

from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.assembly import read_assembly, select_stacks
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.cli_options import Environment, From, open_assembly
from arqctl.core.errors import InputError, Problem
from arqctl.core.progress import progress
from arqctl.database.connection import connect, make_token
from arqctl.database.iam_login import IamLoginChange, enable_iam_login, find_instances
from arqctl.database.migration import Result
from arqctl.database.migration import migrate as run_migration
from arqctl.database.specification import OUTPUT_FIX, read_specification

database = typer.Typer(
    name="database",
    help="Turn on IAM login of the master user, and create the users of a database.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


_ALLOW = "Allow rds:ModifyDBInstance and rds:DescribeDBInstances"
_FIXES = {
    "AccessDenied": _ALLOW,
    "AccessDeniedException": _ALLOW,
    "DBInstanceNotFound": "Deploy the instance first, and use credentials of its account",
    "DBInstanceNotFoundFault": "Deploy the instance first, and use credentials of its account",
    "InvalidDBInstanceState": "Wait until the instance is available, and run the command again",
    "InvalidDBInstanceStateFault": "Wait until the instance is available, and run the command again",
}


@database.command()
def login(environment: Environment, *, source: From = None) -> None:
    """Change the master user of the environment's databases to IAM login, once after their creation.

    Terraform creates the master user with a random password that nobody knows. After this command, the
    grantee of `grant_migrations` logs in with IAM. The command waits until the instances have the change.
    Repeated runs have no effect. It refuses if other changes of an instance are pending, because RDS would
    make them at once too. The caller needs `rds:ModifyDBInstance` and `rds:DescribeDBInstances`.

    Exit codes: 0 done, 2 invalid input or AWS rejects the change, 1 internal error.

    Example: arqctl database login production
    """
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        stacks = select_stacks(read_assembly(outdir), environment)
        instances = [instance for stack in stacks for instance in find_instances(stack)]
    if not instances:
        raise InputError([Problem(environment, "has no PostgreSQL instance", "Choose another environment")])
    api = AwsApi.connect()
    for instance in instances:
        try:
            with progress() as on_progress:
                enable_iam_login(api, instance)
                IamLoginChange(api, instance).wait(on_progress)
        except AwsError as error:
            fix = error.fix or _FIXES.get(error.code, "Correct the cause and run the command again")
            raise InputError([Problem(instance.identifier, str(error), fix)]) from error
        typer.echo(f"{instance.identifier}: the master user logs in with IAM from now on")


@database.command()
def migrate(
    *,
    users: Annotated[
        Path, typer.Option("--users", metavar="FILE", help="From `terraform output -raw database_users`.")
    ],
    ca_file: Annotated[
        Path, typer.Option("--ca-file", metavar="FILE", help="RDS's certificates: global-bundle.pem.")
    ],
) -> None:
    """Create the users of a database with their schemas and privileges, as the master user.

    Run it where the instance can be reached and the grant of `grant_migrations` applies, for example in a
    Kubernetes Job. It prints the SQL statements that it ran, all in one transaction. A second run changes
    nothing. It revokes privileges of these users and of PUBLIC that the file does not name, and reports the
    access of other roles. It drops no user, schema or table.

    Exit codes: 0 done, 2 invalid input or PostgreSQL rejects it, 1 internal error.

    Example: arqctl database migrate --users database_users.json --ca-file global-bundle.pem
    """
    try:
        text = users.read_text(encoding="utf-8-sig")
    except OSError as error:
        what = f"can't be read: {error.strerror}"
        raise InputError([Problem(str(users), what, "Choose another file")]) from error
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 text: {error.reason} at byte {error.start}"
        raise InputError([Problem(str(users), what, OUTPUT_FIX)]) from error
    specification = read_specification(text, source=str(users))
    with connect(specification, ca_file=ca_file, token=make_token(specification)) as connection:
        typer.echo(_report(run_migration(connection, specification)))


def _report(result: Result) -> str:
    lines = [f"{statement};" for statement in result.statements] or ["No change."]
    lines += [f"-- Not in the specification, unchanged: {access}" for access in result.other_access]
    return "\n".join(lines)
