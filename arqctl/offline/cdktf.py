"""Runs cdktf on offline AWS: prepares the offline provider, then replaces this process by cdktf.

`scripts/cdktf` starts it if `ARQ_OFFLINE` is set. Its arguments are Node, cdktf and the user's own.
"""

import os
import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from arqctl.core.cli_errors import run_cli
from arqctl.core.offline_settings import OfflineSettings
from arqctl.core.settings import Settings
from arqctl.core.synthesis import find_project, temporary_assembly
from arqctl.core.terraform_cli import find_terraform
from arqctl.offline.mirror import offline_environment
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.prepare import prepare_offline
from arqctl.offline.prerequisites import deploy_prerequisites, missing_prerequisites
from arqctl.offline.target import DESTROY_VARIABLE, is_offline

# All commands of cdktf-cli, with their aliases.
_COMMANDS = {
    **{name: name for name in ("completion", "convert", "debug", "get", "init", "login", "provider")},
    **{name: name for name in ("deploy", "destroy", "diff", "list", "output", "synth", "watch")},
    "apply": "deploy",
    "outputs": "output",
    "plan": "diff",
    "synthesize": "synth",
}
_PLANNING_COMMANDS = ("diff", "deploy", "watch")
# Commands that run Terraform. cdktf's own message for a missing Terraform does not help.
_TERRAFORM_COMMANDS = (*_PLANNING_COMMANDS, "destroy", "output")
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
    root = find_project(Path.cwd())
    paths, settings = OfflinePaths.of_project(root), Settings.load(root).offline
    # cdktf accepts options before the command.
    command = next((_COMMANDS[each] for each in arguments if each in _COMMANDS), "")
    if command in _TERRAFORM_COMMANDS:
        find_terraform()
    prepare_offline(paths, settings)
    if command in _PLANNING_COMMANDS and settings.deploy_first:
        _deploy_prerequisites(root, paths, settings, arguments)
    environment = {**os.environ, **offline_environment(paths)}
    if command == "destroy":
        environment[DESTROY_VARIABLE] = "1"
    if command in _ASSEMBLY_COMMANDS and not any(
        argument.split("=")[0] in _OUTPUT_OPTIONS for argument in arguments
    ):
        arguments += ["--output", str(paths.assembly_dir)]
    os.execve(node, [node, cdktf, *arguments], environment)  # noqa: S606 - the pinned cdktf, no shell


def _deploy_prerequisites(
    root: Path, paths: OfflinePaths, settings: OfflineSettings, arguments: Sequence[str]
) -> None:
    """Deploy the stacks that those in the arguments need. Names can be patterns: `cdktf deploy 'prod*'`."""
    with temporary_assembly(root) as assembly:
        environments = [
            stack.name
            for stack in assembly.stacks
            if any(fnmatchcase(stack.name, argument) for argument in arguments)
        ]
        missing = missing_prerequisites(assembly.stacks, environments, settings, paths)
        deploy_prerequisites(missing, paths, lambda _: None)
    for stack in missing:
        sys.stderr.write(f"{stack.name} was deployed to offline AWS first\n")


if __name__ == "__main__":
    run_cli(main)
