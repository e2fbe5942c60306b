"""Runs scripts of the workflows with programs that the test writes."""

import json
import os
import subprocess
from pathlib import Path


class Runner:
    """Runs a script with a fake `arqctl` that exits with the given code and may write a review."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "output"
        (folder / ".venv/bin").mkdir(parents=True)

    def run(
        self, script: str, *, code: int, review: object = None, extra: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        (self.folder / "written.json").write_text(json.dumps(review))
        writes = "mkdir -p review && cp written.json review/review.json\n" if review is not None else ""
        arqctl = self.folder / ".venv/bin/arqctl"
        environments = 'if [ "$1" = environments ]; then printf "%s" "$LIST"; fi'
        log = 'echo "$@${AWS_ROLE_ARN:+ as $AWS_ROLE_ARN}" >>arguments'
        arqctl.write_text(f"#!/bin/sh\n{log}\n{environments}\n{extra}\n{writes}exit {code}\n")
        arqctl.chmod(0o755)
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "ENVIRONMENT": "dev",
                "CLUSTER": "dev",
                "STACK": "dev-platform",
                "GITHUB_BASE_REF": "main",
                "GITHUB_OUTPUT": str(self.output),
                "RUNNER_TEMP": str(self.folder),
                "PLANS": str(self.folder / "plans"),
                "CI_MERGE_REQUEST_DIFF_BASE_SHA": "abc",
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def add_program(self, name: str, script: str) -> None:
        """Add a program to the folder `bin`, which is first in PATH with the variables of `programs`."""
        program = self.folder / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    @property
    def programs(self) -> dict[str, str]:
        """Return the variables with which scripts find the added programs."""
        return {"PATH": f"{self.folder}/bin:{os.environ['PATH']}"}

    @property
    def calls(self) -> list[str]:
        """Return the arguments of all calls of `arqctl`."""
        file = self.folder / "arguments"
        return file.read_text().splitlines() if file.exists() else []
