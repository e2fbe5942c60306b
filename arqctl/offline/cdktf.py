"""What runs in place of `cdktf` when `ARQ_TARGET=offline`: cdktf itself, with the stand-in made ready for it.

`scripts/cdktf` starts it with Node's and cdktf's paths before the user's words.
"""

import os
import sys
from pathlib import Path

from arqctl.core.cli_errors import reported
from arqctl.core.synthesis import find_project
from arqctl.core.terraform_cli import find_terraform
from arqctl.offline.home import Home
from arqctl.offline.ready import make_ready
from arqctl.offline.target import DESTROYING
from arqctl.offline.terraform import offline_environment

# The commands that run Terraform: without it, cdktf says nothing that helps.
_RUNNING = ("diff", "deploy", "destroy", "output")
# The commands that read or write a synthesized folder, which offline runs have one of their own for.
_SYNTHESIZING = ("list", "synth", *_RUNNING)
_FOLDER = ("--output", "-o")


def main() -> None:
    """Make the stand-in ready, then become cdktf."""
    node, cdktf, *words = sys.argv[1:]
    home = Home.of_project(find_project(Path.cwd()))
    command = words[0] if words else ""
    if command in _RUNNING:
        find_terraform()
    make_ready(home)
    environment = {**os.environ, **offline_environment(home)}
    if command == "destroy":
        environment[DESTROYING] = "1"
    if command in _SYNTHESIZING and not any(word.split("=")[0] in _FOLDER for word in words):
        words += ["--output", str(home.synthesized)]
    os.execve(node, [node, cdktf, *words], environment)  # noqa: S606 - the pinned cdktf, no shell


if __name__ == "__main__":
    reported(main)
