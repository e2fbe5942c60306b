"""Synthesizing a project with its own `app` command."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from arqctl.core.assembly import Assembly, read_assembly
from arqctl.core.errors import InputError, Problem


def find_project(start: Path) -> Path:
    """Return the nearest folder, from `start` upwards, that holds a cdktf.json.

    Raises:
        InputError: when there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "cdktf.json").is_file():
            return folder
    fix = "Run it inside a CDKTF project, or judge a synthesized folder with --from DIR"
    raise InputError([Problem(str(start), "no cdktf.json here or above", fix)])


def project_folder() -> Path:
    """The nearest folder, from the current one upwards, that holds a cdktf.json; else the current one."""
    here = Path.cwd()
    return next((each for each in (here, *here.parents) if (each / "cdktf.json").is_file()), here)


@contextmanager
def temporary_assembly(project: Path) -> Iterator[Assembly]:
    """Synthesize a project into a temporary folder.

    Raises:
        InputError: as `synthesize` does.
    """
    with TemporaryDirectory(prefix="arqctl-") as folder:
        yield synthesize(project, Path(folder))


def synthesize(project: Path, folder: Path) -> Assembly:
    """Run the project's `app` command without its own gate, and read what it writes to the folder.

    Raises:
        InputError: when cdktf.json names no app, or the app fails; with the app's output.
    """
    command = _app(project / "cdktf.json")
    # First on the PATH, so that `.venv/bin/arqctl` runs the same Python without `activate`.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "CDKTF_OUTDIR": str(folder), "ARQ_GATE": "off"}
    # The project's own modules come before installed ones: a base's, before those of what builds on it.
    environment.pop("PYTHONSAFEPATH", None)
    done = subprocess.run(  # noqa: S602 - the project's own command, which CDKTF runs in a shell as well
        command, cwd=project, env=environment, capture_output=True, text=True, check=False, shell=True
    )
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        what = f"`{command}` ended with {done.returncode}:\n" + "\n".join(f"  {line}" for line in said)
        raise InputError([Problem(str(project), what, "Mend the app, then run it again")])
    return Assembly(folder, read_assembly(folder))


def _app(file: Path) -> str:
    try:
        app = json.loads(file.read_text(encoding="utf-8")).get("app")
    except (ValueError, AttributeError) as error:
        raise InputError([Problem(str(file), f"is not a JSON object: {error}", "Correct it")]) from error
    if not isinstance(app, str) or not shlex.split(app):
        raise InputError([Problem(str(file), "names no app", 'Add "app": the command that synthesizes')])
    return app
