"""Runs the command `arqctl` with its subcommands."""

import typer

from arqctl.core.cli_errors import run_cli
from arqctl.cost.bill_command import bill
from arqctl.cost.command import cost
from arqctl.database.command import database
from arqctl.deploy.command import deploy, destroy, plan
from arqctl.deploy.refresh import refresh
from arqctl.deploy.state_command import state
from arqctl.deploy.untaint import untaint
from arqctl.diagram.command import diagram
from arqctl.doctor.command import doctor
from arqctl.drain.command import drain
from arqctl.drill.command import drill
from arqctl.environments import environments
from arqctl.evidence.command import evidence
from arqctl.gate.command import gate, snapshot
from arqctl.ingress.command import ingress
from arqctl.offline.schema_command import schema
from arqctl.paging.command import paging
from arqctl.publish.command import publish
from arqctl.recovery.command import recovery
from arqctl.review.command import ReviewCommand, review
from arqctl.rollout.command import rollout
from arqctl.runbook.command import runbook
from arqctl.slo.command import slo
from arqctl.versions.command import versions

app = typer.Typer(
    name="arqctl",
    help="Evaluate a CDKTF project against policy rules, review its plans, and deploy approved plans to AWS"
    " or to offline AWS, which is simulated: no account, no network.\n\n"
    "Exit codes: 0 success, 4 violation or refusal, 2 invalid input, 1 internal error. The help of a command"
    " lists its own.\n\n"
    "Example: arqctl review production --base main",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.command()(gate)
app.add_typer(snapshot)
app.command(cls=ReviewCommand)(review)
app.command()(plan)
app.command()(deploy)
app.command()(destroy)
app.command()(drain)
app.command()(refresh)
app.command()(untaint)
app.add_typer(state)
app.add_typer(publish)
app.add_typer(rollout)
app.add_typer(paging)
app.add_typer(drill)
app.command()(slo)
app.command()(recovery)
app.command()(cost)
app.command()(bill)
app.command()(diagram)
app.command()(evidence)
app.add_typer(database)
app.add_typer(runbook)
app.add_typer(ingress)
app.command()(environments)
app.add_typer(versions)
app.command()(schema)
app.command()(doctor)


def main() -> None:
    """Run the command line."""
    run_cli(app)


if __name__ == "__main__":
    main()
