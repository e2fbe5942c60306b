"""Synthesizes a project with its own `app` command."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from arqctl.core.assembly import Assembly, read_assembly
from arqctl.core.errors import InputError, Problem

AWS_STACKS_VARIABLE = "ARQ_AWS_STACKS"
"""Environment variable with the stacks that a command plans or deploys on AWS. The app can reject values that
can't work there, but which offline AWS accepts."""

PROMOTED_VARIABLE = "ARQ_PROMOTED"
"""Environment variable with an environment whose standby the app treats as promoted, for a drill."""


def find_project(start: Path) -> Path:
    """Return the nearest folder with a cdktf.json, from `start` upwards.

    Raises:
        InputError: when there is none.
    """
    project = _nearest_project(start)
    if project is None:
        fix = "Run it inside a CDKTF project, or read a synthesized folder with --from DIR"
        raise InputError([Problem(str(start), "no cdktf.json here or above", fix)])
    return project


def project_folder() -> Path:
    """Return the nearest folder with a cdktf.json, from the current one upwards; else the current one."""
    current = Path.cwd()
    return _nearest_project(current) or current


def _nearest_project(start: Path) -> Path | None:
    folders = (start, *start.parents)
    return next((folder for folder in folders if (folder / "cdktf.json").is_file()), None)


@contextmanager
def temporary_assembly(project: Path, *, aws_stacks: Sequence[str] = ()) -> Iterator[Assembly]:
    """Synthesize a project into a temporary folder, as `synthesize` does.

    Raises:
        InputError: as `synthesize` does.
    """
    with TemporaryDirectory(prefix="arqctl-") as folder:
        yield synthesize(project, Path(folder), aws_stacks=aws_stacks)


def synthesize(
    project: Path, folder: Path, *, aws_stacks: Sequence[str] = (), promoted: str = ""
) -> Assembly:
    """Run the project's `app` command without the gate, and read the assembly that it writes to the folder.

    `aws_stacks` are the stacks that the caller plans or deploys on AWS. `promoted` is an environment whose
    standby has taken over in a drill.

    Raises:
        InputError: when cdktf.json has no app, or the app fails; with the app's output.
    """
    command = _app_command(project / "cdktf.json")
    # Puts this Python first, so that `.venv/bin/arqctl` works without `activate`.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "CDKTF_OUTDIR": str(folder), "ARQ_GATE": "off"}
    environment[AWS_STACKS_VARIABLE] = " ".join(aws_stacks)
    environment[PROMOTED_VARIABLE] = promoted
    # With this variable, Python would import installed modules instead of the project's own.
    environment.pop("PYTHONSAFEPATH", None)
    process = subprocess.run(  # noqa: S602 - the project's own command; CDKTF runs it in a shell too
        command, cwd=project, env=environment, capture_output=True, text=True, check=False, shell=True
    )
    if process.returncode != 0:
        output = (process.stderr.strip() or process.stdout.strip()).splitlines()
        what = f"`{command}` ended with {process.returncode}:\n" + "\n".join(f"  {line}" for line in output)
        raise InputError([Problem(str(project), what, "Fix the app, then run it again")])
    return Assembly(folder, read_assembly(folder))


def _app_command(file: Path) -> str:
    try:
        app = json.loads(file.read_text(encoding="utf-8")).get("app")
    except (ValueError, AttributeError) as error:
        raise InputError([Problem(str(file), f"is not a JSON object: {error}", "Correct it")]) from error
    if not isinstance(app, str) or not shlex.split(app):
        raise InputError([Problem(str(file), "has no app", 'Add "app": the command that synthesizes')])
    return app
