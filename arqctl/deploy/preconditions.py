"""What has to hold before anything is planned on AWS: a review where one is needed, and the gate."""

from collections.abc import Sequence
from pathlib import Path

import typer

from arqctl.core.assembly import Stack, read_assembly
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.settings import Settings
from arqctl.gate import evaluate, render_text


def require_review(settings: Settings, outdir: Path, stacks: Sequence[Stack], *, is_reviewed: bool) -> None:
    """Let a protected environment pass only with a review, or with the reason of an emergency.

    Raises:
        InputError: when it has neither, or a name in `protected` is no environment: a typo there would leave
            one unprotected.
    """
    known = {stack.environment for stack in read_assembly(outdir)}
    fix = f"Correct [tool.arqctl] protected. Known are {', '.join(sorted(known))}"
    problems = [
        Problem(f"{settings.root / 'pyproject.toml'}", f"protects {name!r}, which is no environment", fix)
        for name in settings.protected
        if name not in known
    ]
    for name in sorted({stack.environment for stack in stacks}.intersection(settings.protected)):
        if not is_reviewed:
            fix = (
                f"Review `arqctl plan {name}` and give --reviewed FINGERPRINT;"
                ' in an emergency, --break-glass "reason"'
            )
            problems.append(Problem(name, "is protected: it is deployed as it was reviewed", fix))
    if problems:
        raise InputError(problems)


def require_gate(settings: Settings, outdir: Path, stacks: Sequence[Stack]) -> None:
    """Judge what is about to be deployed. `ARQ_GATE=off` doesn't reach here, nor does an emergency.

    Raises:
        typer.Exit: with 4 when the gate found violations, whose page is printed.
        InputError: as `arqctl.gate.evaluation` does.
    """
    names = sorted({stack.environment for stack in stacks})
    report = evaluate(outdir, settings=settings, environments=names).report
    if report.verdict != "pass":
        typer.echo(render_text(report), nl=False)
        raise typer.Exit(ExitCode.VIOLATION)
