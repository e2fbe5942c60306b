"""Merges dangers of one block's instances, and sorts data stores before other data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from arqctl.plan.risk.danger import RANK, Danger

_INSTANCE_KEY = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]$')
# A lost database or bucket is usually worse than a lost instance with disks.
_DATA_STORE = re.compile(r"db|sql|rds|redshift|database|table|bucket|storage_account|file_system")


@dataclass(frozen=True, slots=True)
class DangerGroup:
    """A danger of one resource, or of several instances: then the address ends with `[*]`."""

    danger: Danger
    instance_keys: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """The number of resources."""
        return len(self.instance_keys) or 1


def group_instances(dangers: Iterable[Danger]) -> tuple[DangerGroup, ...]:
    """Return the dangers, the most severe first, with equal dangers of one block's instances merged."""
    found: dict[Danger, list[Danger]] = {}
    for danger in dangers:
        found.setdefault(_without_instance(danger), []).append(danger)
    groups = (_group(block, members) for block, members in found.items())
    return tuple(sorted(groups, key=severity))


def severity(group: DangerGroup) -> tuple[int, bool]:
    """Return a sort key: the rank of the loss, then data stores before other types."""
    danger = group.danger
    rank = RANK.index(danger.loss) if danger.loss in RANK else 0
    return rank, not _DATA_STORE.search(danger.type)


def _group(block: Danger, members: list[Danger]) -> DangerGroup:
    if len(members) == 1:
        return DangerGroup(members[0])
    keys = tuple(member.address.removeprefix(block.address) for member in members)
    return DangerGroup(replace(block, address=f"{block.address}[*]"), keys)


def _without_instance(danger: Danger) -> Danger:
    address = _INSTANCE_KEY.sub("", danger.address)
    return replace(danger, address=address, path=_INSTANCE_KEY.sub("", danger.path))
