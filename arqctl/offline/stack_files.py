"""Writes the files that make a synthesized stack run offline, beside its unchanged `cdk.tf.json`."""

import json
from collections.abc import Iterable

from arqctl.core.assembly import Stack
from arqctl.core.atomic_files import write
from arqctl.core.errors import InputError, Problem
from arqctl.offline.mirror import MirroredProvider, lock_file
from arqctl.offline.paths import OfflinePaths

_LOCK_FILE = ".terraform.lock.hcl"
# Terraform merges files named `*_override.tf.json` last, over all others.
_OVERRIDE_FILE = "offline_override.tf.json"
_MARKER_FILE = "offline.tf.json"
_REMOTE_STATE = "terraform_remote_state"
# cdktf's name of the data source with the outputs of another stack, which follows it.
_OUTPUTS_OF = "cross-stack-reference-input-"
_SIMULATED = "simulated by offline AWS: nothing of this is real"


def write_offline_files(
    stacks: Iterable[Stack],
    paths: OfflinePaths,
    providers: Iterable[MirroredProvider],
    *,
    host: str,
    destroying: bool,
) -> None:
    """Give each stack local state, a lock file for the mirror, and an output that marks it as simulated.

    Raises:
        InputError: when a stack needs a provider without installed bindings.
    """
    available = {each.name: each for each in providers}
    required = {stack.name: _required_providers(stack) for stack in stacks}
    problems = [
        Problem(f"{name}: provider {source}", "can't be simulated", f"Install bindings: {_install(source)}")
        for name, sources in required.items()
        for source in sorted(sources - available.keys())
    ]
    if problems:
        raise InputError(problems)
    for stack in stacks:
        folder = stack.file.parent
        write(folder / _OVERRIDE_FILE, _json_text(_override(stack, paths, destroying=destroying)))
        write(folder / _MARKER_FILE, _json_text({"output": {"offline_aws": {"value": _SIMULATED}}}))
        write(folder / _LOCK_FILE, lock_file((available[each] for each in required[stack.name]), host=host))


def remove_offline_files(stacks: Iterable[Stack]) -> None:
    """Remove what `write_offline_files` wrote, so that the stacks use real state and providers again."""
    for stack in stacks:
        folder = stack.file.parent
        if (folder / _OVERRIDE_FILE).exists():
            for name in (_OVERRIDE_FILE, _MARKER_FILE, _LOCK_FILE):
                (folder / name).unlink(missing_ok=True)


def _override(stack: Stack, paths: OfflinePaths, *, destroying: bool) -> dict[str, object]:
    """Return the override: local states and, for a destroy, no `prevent_destroy`: no data is at risk."""
    state = paths.state(stack.name)
    state.parent.mkdir(parents=True, exist_ok=True)
    override: dict[str, object] = {"terraform": {"backend": {"local": {"path": str(state)}}}}
    if outputs := _outputs_of_dependencies(stack, paths):
        override["data"] = {_REMOTE_STATE: outputs}
    if destroying and (unprotected := _unprotected(stack)):
        override["resource"] = unprotected
    return override


def _outputs_of_dependencies(stack: Stack, paths: OfflinePaths) -> dict[str, object]:
    """Return the data sources that read outputs of other stacks, with the local states of those stacks."""
    return {
        f"{_OUTPUTS_OF}{name}": {"backend": "local", "config": {"path": str(paths.state(name))}}
        for name in stack.dependencies
        if f"data.{_REMOTE_STATE}.{_OUTPUTS_OF}{name}" in stack.blocks
    }


def _unprotected(stack: Stack) -> dict[str, dict[str, object]]:
    unprotected: dict[str, dict[str, object]] = {}
    for block in stack.resources:
        lifecycle = block.body.get("lifecycle")
        if isinstance(lifecycle, dict) and lifecycle.get("prevent_destroy"):
            name = block.address.partition(".")[2]
            unprotected.setdefault(block.type, {})[name] = {"lifecycle": {"prevent_destroy": False}}
    return unprotected


def _required_providers(stack: Stack) -> set[str]:
    """Return the providers that a stack requires, each as `NAMESPACE/NAME`."""
    terraform = stack.document.get("terraform")
    required = terraform.get("required_providers") if isinstance(terraform, dict) else None
    if not isinstance(required, dict):
        return set()
    sources = [each.get("source") for each in required.values() if isinstance(each, dict)]
    return {_without_host(str(source)) for source in sources}


def _without_host(source: str) -> str:
    """Return `NAMESPACE/NAME` for `aws`, `hashicorp/aws` and `registry.terraform.io/hashicorp/aws` alike.

    Terraform ignores upper and lower case in sources.
    """
    parts = source.lower().split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 else f"hashicorp/{source}"


def _install(source: str) -> str:
    return f"pip install cdktf-cdktf-provider-{source.rpartition('/')[2]}"


def _json_text(document: dict[str, object]) -> str:
    return json.dumps({"//": _SIMULATED, **document}, indent=2) + "\n"
