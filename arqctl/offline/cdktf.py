"""Runs cdktf on offline AWS: prepares the offline provider, then replaces this process by cdktf.

`scripts/cdktf` starts it if `ARQ_OFFLINE` is set. Its arguments are Node, cdktf and the user's own.
"""

import os
import sys
from pathlib import Path

from arqctl.core.cli_errors import run_cli
from arqctl.core.synthesis import find_project
from arqctl.core.terraform_cli import find_terraform
from arqctl.offline.mirror import offline_environment
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.prepare import prepare_offline
from arqctl.offline.target import DESTROY_VARIABLE, is_offline

# Commands that run Terraform. cdktf's own message for a missing Terraform does not help.
_TERRAFORM_COMMANDS = ("diff", "deploy", "destroy", "output")
# Commands that read or write an assembly. Offline runs have a separate one.
_ASSEMBLY_COMMANDS = ("list", "synth", *_TERRAFORM_COMMANDS)
_OUTPUT_OPTIONS = ("--output", "-o")


def main() -> None:
    """Prepare the offline provider and execute cdktf.

    Raises:
        InputError: when `ARQ_OFFLINE` is invalid, there is no project or no Terraform, or preparation fails.
    """
    node, cdktf, *arguments = sys.argv[1:]
    is_offline(os.environ)
    paths = OfflinePaths.of_project(find_project(Path.cwd()))
    command = arguments[0] if arguments else ""
    if command in _TERRAFORM_COMMANDS:
        find_terraform()
    prepare_offline(paths)
    environment = {**os.environ, **offline_environment(paths)}
    if command == "destroy":
        environment[DESTROY_VARIABLE] = "1"
    if command in _ASSEMBLY_COMMANDS and not any(
        argument.split("=")[0] in _OUTPUT_OPTIONS for argument in arguments
    ):
        arguments += ["--output", str(paths.assembly_dir)]
    os.execve(node, [node, cdktf, *arguments], environment)  # noqa: S606 - the pinned cdktf, no shell


if __name__ == "__main__":
    run_cli(main)
