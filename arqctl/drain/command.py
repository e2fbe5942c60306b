"""The command `arqctl drain`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.assembly import read_assembly, select_own_stacks
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.cli_options import Environment, From, open_assembly
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.json_access import as_text
from arqctl.core.progress import ProgressCallback, progress
from arqctl.core.sanitize import sanitize
from arqctl.core.settings import Settings
from arqctl.drain.cluster import DrainedCluster
from arqctl.drain.deletion import Deletion, NotDeletedError
from arqctl.drain.leftovers import KEPT, Leftover, Leftovers


def drain(
    environment: Environment,
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="DELETE what is listed, without asking, and wait for it.")
    ] = False,
    source: From = None,
) -> None:
    """List what controllers and GuardDuty made in AWS, which `cdktf destroy` leaves. With --yes, delete it.

    Without --yes, the command changes nothing. With --yes, it deletes without asking: first node groups go to
    zero nodes, so that no controller makes new resources, then all that it lists goes, except volumes. A
    protected environment is refused. A standby has a cluster of its own: name the standby for that one.

    Interfaces of CloudFront's VPC origins are listed: CloudFront deletes them some minutes after `cdktf
    destroy` deleted the VPC origin, and the VPC can be deleted then.

    Exit codes: 0 nothing is left to delete, 4 something is left, or refused, 2 invalid input, 1 internal
    error.

    Example: arqctl drain dev --yes
    """
    with progress() as on_progress, open_assembly(source, on_progress, aws_stacks=[environment]) as outdir:
        stacks = select_own_stacks(read_assembly(outdir), environment)
        cluster = DrainedCluster.of(environment, stacks)
        _require_unprotected(environment, cluster, owner=stacks[0].environment)
        api = AwsApi.connect()
        try:
            _require_account(api, cluster)
            found = _drain(Leftovers(api, cluster), on_progress) if yes else Leftovers(api, cluster).find()
        except (AwsError, NotDeletedError) as error:
            typer.echo(f"{sanitize(str(error))}. Run `arqctl drain {environment} --yes` again", err=True)
            raise typer.Exit(ExitCode.VIOLATION) from error
    _print(found)
    if any(each.kind not in KEPT for each in found):
        typer.echo(f"Delete it before you destroy {environment}: `arqctl drain {environment} --yes`")
        raise typer.Exit(ExitCode.VIOLATION)
    typer.echo(f"{environment} has nothing left to delete: `cdktf destroy {environment}`")


def _drain(leftovers: Leftovers, on_progress: ProgressCallback) -> tuple[Leftover, ...]:
    Deletion(leftovers, on_progress).run(leftovers.find())
    return leftovers.find()


def _require_unprotected(environment: str, cluster: DrainedCluster, *, owner: str) -> None:
    if cluster.is_protected or owner in Settings.load(Path.cwd()).protected:
        typer.echo(
            f"Refused: {environment} is protected. Set `protected=False` in its file, deploy it, and remove"
            " it from `protected` in pyproject.toml",
            err=True,
        )
        raise typer.Exit(ExitCode.VIOLATION)


def _require_account(api: AwsApi, cluster: DrainedCluster) -> None:
    account = as_text(api.call("sts", "get_caller_identity", cluster.region).get("Account"))
    if account not in cluster.account_ids:
        expected = ", ".join(sorted(cluster.account_ids)) or "none"
        what = f"the credentials are for account {account}, not {expected}"
        raise InputError([Problem("AWS", what, "Set AWS_PROFILE to a profile of that account")])


def _print(found: Sequence[Leftover]) -> None:
    # No table: ids must stay on one line, to be copied.
    width = max((len(each.kind) for each in found), default=0)
    for each in found:
        typer.echo(sanitize(f"{each.kind:{width}}  {each.id}  {each.detail}"))
