"""Checks that must pass before anything is planned on AWS: the approval and the gate."""

from collections.abc import Sequence
from datetime import date

import typer

from arqctl.core.assembly import Assembly, Stack
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.settings import Settings
from arqctl.gate import evaluate, render_text


def require_approval(
    settings: Settings, assembly: Assembly, stacks: Sequence[Stack], *, is_approved: bool
) -> None:
    """Raise if a protected environment has neither an approval nor a break-glass reason.

    Raises:
        InputError: also for a name in `protected` that is no environment, because a misspelled name would
            leave the environment unprotected.
    """
    known = {stack.environment for stack in assembly.stacks}
    fix = f"Correct [tool.arqctl] protected. Choose from {', '.join(sorted(known))}"
    problems = [
        Problem(f"{settings.root / 'pyproject.toml'}", f"protects {name!r}, which is not an environment", fix)
        for name in settings.protected
        if name not in known
    ]
    for name in sorted({stack.environment for stack in stacks}.intersection(settings.protected)):
        if not is_approved:
            fix = (
                f"Review `arqctl plan {name}` and add --approve FINGERPRINT;"
                ' in an emergency, --break-glass "reason"'
            )
            problems.append(Problem(name, "is protected, so its plan must be approved", fix))
    if problems:
        raise InputError(problems)


def require_gate(
    settings: Settings, assembly: Assembly, stacks: Sequence[Stack], *, today: date | None = None
) -> None:
    """Evaluate the stacks with the gate. Neither `ARQ_GATE=off` nor --break-glass skips it.

    Waivers expire on `today`, or on the current date if it is None.

    Raises:
        typer.Exit: with 4 after printing the findings of a gate that failed.
        InputError: as `arqctl.gate.evaluate` does.
    """
    names = sorted({stack.environment for stack in stacks})
    if today is not None:
        typer.echo(f"Waivers are compared with {today}")
    report = evaluate(assembly.folder, settings=settings, environments=names, today=today).report
    if report.verdict != "pass":
        typer.echo(render_text(report), nl=False)
        raise typer.Exit(ExitCode.VIOLATION)
