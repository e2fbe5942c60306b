"""Makes a synthesized stack run offline: two files beside its `cdk.tf.json`, which itself stays as it is."""

import json
from collections.abc import Iterable

from arqctl.core.assembly import Stack
from arqctl.core.atomic_files import write
from arqctl.core.errors import InputError, Problem
from arqctl.offline.home import Home
from arqctl.offline.mirror import Provider, lock_file

_LOCK = ".terraform.lock.hcl"
# Terraform reads files of such names last, and lets them win.
_OVERRIDE = "offline_override.tf.json"
_MARK = "offline.tf.json"
_SIMULATED = "simulated by offline AWS: nothing of this is real"


def prepare(
    stacks: Iterable[Stack], home: Home, providers: Iterable[Provider], *, host: str, destroying: bool
) -> None:
    """Give each stack a local state, a lock file for the mirror, and an output that says what it is.

    Raises:
        InputError: when a stack needs a provider that no installed bindings describe.
    """
    known = {each.name: each for each in providers}
    needed = {stack.name: _needed(stack) for stack in stacks}
    problems = [
        Problem(f"{name}: provider {source}", "can't be simulated", f"Install bindings: {_bindings(source)}")
        for name, sources in needed.items()
        for source in sorted(sources - known.keys())
    ]
    if problems:
        raise InputError(problems)
    for stack in stacks:
        folder = stack.file.parent
        write(folder / _OVERRIDE, _text(_override(stack, home, destroying=destroying)))
        write(folder / _MARK, _text({"output": {"offline_aws": {"value": _SIMULATED}}}))
        write(folder / _LOCK, lock_file((known[each] for each in needed[stack.name]), host=host))


def forget(stacks: Iterable[Stack]) -> None:
    """Remove what `prepare` wrote: without it, the stacks have their real state and providers again."""
    for stack in stacks:
        folder = stack.file.parent
        if (folder / _OVERRIDE).exists():
            for name in (_OVERRIDE, _MARK, _LOCK):
                (folder / name).unlink(missing_ok=True)


def _override(stack: Stack, home: Home, *, destroying: bool) -> dict[str, object]:
    """Local state; and, to destroy, no `prevent_destroy`: what is simulated holds nobody's data."""
    state = home.state(stack.name)
    state.parent.mkdir(parents=True, exist_ok=True)
    backend: dict[str, object] = {"terraform": {"backend": {"local": {"path": str(state)}}}}
    if not destroying:
        return backend
    lifted: dict[str, dict[str, object]] = {}
    for block in stack.resources:
        lifecycle = block.body.get("lifecycle")
        if isinstance(lifecycle, dict) and lifecycle.get("prevent_destroy"):
            name = block.address.partition(".")[2]
            lifted.setdefault(block.type, {})[name] = {"lifecycle": {"prevent_destroy": False}}
    return {**backend, "resource": lifted} if lifted else backend


def _needed(stack: Stack) -> set[str]:
    """The providers that a stack names, each as `NAMESPACE/NAME`."""
    terraform = stack.document.get("terraform")
    required = terraform.get("required_providers") if isinstance(terraform, dict) else None
    if not isinstance(required, dict):
        return set()
    sources = [each.get("source") for each in required.values() if isinstance(each, dict)]
    return {_full(str(source)) for source in sources}


def _full(source: str) -> str:
    """`aws`, `hashicorp/aws` and `registry.terraform.io/hashicorp/aws` are one provider."""
    parts = source.split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 else f"hashicorp/{source}"


def _bindings(source: str) -> str:
    return f"pip install cdktf-cdktf-provider-{source.rpartition('/')[2]}"


def _text(document: dict[str, object]) -> str:
    return json.dumps({"//": _SIMULATED, **document}, indent=2) + "\n"
