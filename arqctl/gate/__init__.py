"""The policy gate for synthesized stacks. Importing it is cheap; evaluating imports Checkov."""

from arqctl.gate.evaluation import evaluate
from arqctl.gate.report import EnvironmentReport, Finding, Report, WaivedFinding
from arqctl.gate.snapshot import snapshot_text
from arqctl.gate.text import render_text

__all__ = [
    "EnvironmentReport",
    "Finding",
    "Report",
    "WaivedFinding",
    "evaluate",
    "render_text",
    "snapshot_text",
]
