"""Address lists: one committed list of resource addresses per stack.

Terraform destroys a resource that leaves the configuration, as it does when a construct id is renamed. A
stateful address may leave its list only with a `moved` block, or if somebody deletes its line.
"""

from dataclasses import dataclass
from pathlib import Path

from arqctl.core.assembly import Stack
from arqctl.core.atomic_files import write
from arqctl.core.stateful_types import is_stateful
from arqctl.gate.paths import display_path
from arqctl.gate.report import Finding

RULE = "ARQ_ADDRESS"
_LOST = (
    "It is stateful and no longer synthesized: a deployment destroys it. "
    "If its id was renamed, call `move_from_id` with the old id on the new resource. "
    "If its deletion is intended, delete its line from {file}"
)


@dataclass(frozen=True)
class AddressUpdate:
    """The changes to a stack's address list, and the stateful addresses that stayed on it."""

    file: Path
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    kept: tuple[str, ...]


def lost_addresses(stack: Stack, folder: Path) -> tuple[Finding, ...]:
    """Return a finding for each stateful address on the stack's list that is no longer in the stack.

    A stack without a list has none; `unlisted_addresses` reports it.
    """
    file = _file(stack, folder)
    return tuple(
        Finding(
            rule=RULE,
            severity="CRITICAL",
            address=address,
            path=f"{stack.name}/{address}",
            message=_LOST.format(file=display_path(file)),
            stack=stack.name,
            file=display_path(file),
        )
        for address in _disappeared_addresses(stack, _read(file))
        if is_stateful(address)
    )


def unlisted_addresses(stack: Stack, folder: Path) -> tuple[Finding, ...]:
    """Return a finding if stateful resources of a stack are not on its list, and so are not protected."""
    listed = _read(_file(stack, folder))
    unlisted = sorted(block.address for block in stack.resources if is_stateful(block.address))
    unlisted = [address for address in unlisted if address not in listed]
    if not unlisted:
        return ()
    verb = "are" if len(unlisted) > 1 else "is"
    others = f" and {len(unlisted) - 1} more" if len(unlisted) > 1 else ""
    file = display_path(_file(stack, folder))
    message = f"{unlisted[0]}{others} {verb} stateful but not in {file}. Run `arqctl snapshot update`"
    return (
        Finding(
            rule=RULE,
            severity="MEDIUM",
            address=unlisted[0],
            path=stack.path_of(unlisted[0]),
            message=message,
            stack=stack.name,
        ),
    )


def update_addresses(stack: Stack, folder: Path) -> AddressUpdate:
    """Write a stack's list: add new addresses, drop old ones, keep stateful addresses that disappeared."""
    file = _file(stack, folder)
    listed = _read(file)
    present = {block.address for block in stack.resources}
    disappeared = _disappeared_addresses(stack, listed)
    kept = tuple(address for address in disappeared if is_stateful(address))
    lines = sorted(present | set(kept))
    write(file, "".join(f"{line}\n" for line in lines))
    dropped = tuple(sorted(listed - set(lines)))
    return AddressUpdate(file, tuple(sorted(present - listed)), dropped, kept)


def _disappeared_addresses(stack: Stack, listed: set[str]) -> list[str]:
    present = {block.address for block in stack.resources}
    return sorted(address for address in listed - present if address not in stack.moved_from)


def _file(stack: Stack, folder: Path) -> Path:
    return folder / f"{stack.name}.txt"


def _read(file: Path) -> set[str]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return {line.strip() for line in lines if line.strip()}
