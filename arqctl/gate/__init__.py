"""The gate: it judges what a CDKTF app synthesized. Importing it is cheap; judging imports Checkov."""

from arqctl.gate.judge import judge
from arqctl.gate.report import EnvironmentReport, Finding, Report, Waived
from arqctl.gate.snapshot import snapshot_text
from arqctl.gate.text import render_text

__all__ = [
    "EnvironmentReport",
    "Finding",
    "Report",
    "Waived",
    "judge",
    "render_text",
    "snapshot_text",
]
