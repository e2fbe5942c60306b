"""The address contract: a committed list per stack. A stateful resource must not vanish from it unnoticed.

Terraform destroys what leaves the configuration, and a renamed construct id leaves it. So a stateful address
goes only with a `moved` block, or by a hand that deletes its line.
"""

from dataclasses import dataclass
from pathlib import Path

from arqctl.core.assembly import Stack
from arqctl.core.atomic_files import write
from arqctl.core.stateful_types import is_stateful
from arqctl.gate.places import shown
from arqctl.gate.report import Finding

RULE = "ARQ_ADDRESS"
_MEND = (
    "If its id was renamed, call `move_from_id` with the old one on the new resource. "
    "If it goes on purpose, delete its line from {file}"
)


@dataclass(frozen=True)
class Renewal:
    """What renewing a stack's list did to it, and the stateful addresses that it refused to drop."""

    file: Path
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    kept: tuple[str, ...]


def lost(stack: Stack, folder: Path) -> tuple[Finding, ...]:
    """A finding for each stateful address that is in the stack's list but no longer in the stack.

    A stack without a list has no contract yet; `unlisted` tells.
    """
    file = _file(stack, folder)
    return tuple(
        Finding(
            rule=RULE,
            severity="CRITICAL",
            address=address,
            path=f"{stack.name}/{address}",
            message=f"It holds state and vanished: deploying destroys it. {_MEND.format(file=shown(file))}",
            stack=stack.name,
            file=shown(file),
        )
        for address in _vanished(stack, _read(file))
        if is_stateful(address)
    )


def unlisted(stack: Stack, folder: Path) -> tuple[Finding, ...]:
    """A finding when stateful resources of a stack aren't on its list: nothing would hold them later."""
    listed = _read(_file(stack, folder))
    loose = sorted(block.address for block in stack.resources if is_stateful(block.address))
    loose = [address for address in loose if address not in listed]
    if not loose:
        return ()
    others = f" and {len(loose) - 1} more" if len(loose) > 1 else ""
    message = (
        f"{loose[0]}{others} hold state but are not in {shown(_file(stack, folder))}. Run `arqctl accept`"
    )
    return (
        Finding(
            rule=RULE,
            severity="MEDIUM",
            address=loose[0],
            path=stack.path_of(loose[0]),
            message=message,
            stack=stack.name,
        ),
    )


def renew(stack: Stack, folder: Path) -> Renewal:
    """Write a stack's list anew: add what is new, drop what went, but keep vanished stateful addresses."""
    file = _file(stack, folder)
    listed = _read(file)
    present = {block.address for block in stack.resources}
    vanished = _vanished(stack, listed)
    kept = tuple(address for address in vanished if is_stateful(address))
    lines = sorted(present | set(kept))
    write(file, "".join(f"{line}\n" for line in lines))
    dropped = tuple(sorted(listed - set(lines)))
    return Renewal(file, tuple(sorted(present - listed)), dropped, kept)


def _vanished(stack: Stack, listed: set[str]) -> list[str]:
    present = {block.address for block in stack.resources}
    return sorted(address for address in listed - present if address not in stack.moved_from)


def _file(stack: Stack, folder: Path) -> Path:
    return folder / f"{stack.name}.txt"


def _read(file: Path) -> set[str]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return {line.strip() for line in lines if line.strip()}
