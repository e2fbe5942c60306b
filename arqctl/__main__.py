"""The command `arqctl`: its words, in the order in which a change meets them."""

import typer

from arqctl.core.cli_errors import reported
from arqctl.cost.command import cost
from arqctl.deploy.command import deploy, destroy, plan
from arqctl.diagram.command import diagram
from arqctl.doctor import doctor
from arqctl.evidence.command import evidence
from arqctl.gate.command import accept, gate
from arqctl.offline.schema_command import schema
from arqctl.review.command import ReviewCommand, review

app = typer.Typer(
    name="arqctl",
    help="Judges what a CDKTF project synthesizes, reviews what would change, and deploys what was reviewed,"
    " on AWS or simulated: with no account and no network.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.command()(gate)
app.command()(accept)
app.command(cls=ReviewCommand)(review)
app.command()(plan)
app.command()(deploy)
app.command()(destroy)
app.command()(cost)
app.command()(diagram)
app.command()(evidence)
app.command()(schema)
app.command()(doctor)


def main() -> None:
    """Run the command line."""
    reported(app)


if __name__ == "__main__":
    main()
