"""The command `arqctl`. A mistake of the user ends with 2 and a message, a fault of the tool with 1."""

import typer

from arqctl.cost.command import cost
from arqctl.deployment.command import deploy, destroy, plan
from arqctl.diagram.command import diagram
from arqctl.doctor import doctor
from arqctl.evidence.command import evidence
from arqctl.gate.command import accept, gate
from arqctl.offline.schema_command import schema
from arqctl.pull_request.command import ReviewCommand, review
from arqctl.reported import reported

app = typer.Typer(
    name="arqctl",
    help="Judges what a CDKTF project synthesizes, and deploys it offline: no AWS account, no network.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(gate)
app.command()(accept)
app.command(cls=ReviewCommand)(review)
app.command()(plan)
app.command()(deploy)
app.command()(destroy)
app.command()(schema)
app.command()(cost)
app.command()(diagram)
app.command()(evidence)
app.command()(doctor)


def main() -> None:
    """Run the command line."""
    reported(app)


if __name__ == "__main__":
    main()
