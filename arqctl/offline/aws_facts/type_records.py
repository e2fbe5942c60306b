"""Encodes the facts of one resource type as compact JSON, and decodes them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from arqctl.offline.facts import Constraint, Facts, Names

SENSITIVE_KEY = "@secrets"
"""Key of the entry with the sensitive paths of all types, for reading them at once."""

_EMPTY: frozenset[object] = frozenset({None, "", ()})


@dataclass(frozen=True, slots=True)
class TypeRecord:
    """Facts of one type, and cfn-lint's files of its instance sizes by argument.

    `checkable` counts the arguments that can hold an invalid value, `checked` those that have a check.
    """

    facts: Facts
    instance_sizes: Mapping[Names, str] = field(default_factory=dict)
    checkable: int = 0
    checked: int = 0


class _LazyConstraints(Mapping[Names, Constraint]):
    """Constraints by argument, decoded on demand: some types have ten thousand."""

    def __init__(self, numbers: Mapping[str, int], distinct: list[dict[str, Any]]) -> None:
        self._numbers = numbers
        self._distinct = distinct

    def __getitem__(self, path: Names) -> Constraint:
        return _read_constraint(self._distinct[self._numbers[_join_path(path)]])

    def __iter__(self) -> Iterator[Names]:
        return map(_split_path, self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def encode(record: TypeRecord) -> bytes:
    """Encode a record. Each distinct constraint is written once."""
    facts = record.facts
    numbers: dict[Constraint, int] = {}
    by_path = {
        _join_path(path): numbers.setdefault(each, len(numbers)) for path, each in facts.constraints.items()
    }
    return json.dumps(
        {
            "cloudformation": facts.cloudformation,
            "replacing": sorted(map(_join_path, facts.replacing)),
            "sensitive": sorted(map(_join_path, facts.sensitive)),
            "constraints": by_path,
            "distinct": list(map(_constraint_fields, numbers)),
            "sizes": {_join_path(path): file for path, file in record.instance_sizes.items()},
            "checkable": record.checkable,
            "checked": record.checked,
        },
        separators=(",", ":"),
    ).encode()


def decode(content: bytes) -> TypeRecord:
    """Decode a record that `encode` wrote."""
    fields = json.loads(content)
    facts = Facts(
        cloudformation=fields["cloudformation"],
        replacing=frozenset(map(_split_path, fields["replacing"])),
        sensitive=frozenset(map(_split_path, fields["sensitive"])),
        constraints=_LazyConstraints(fields["constraints"], fields["distinct"]),
    )
    instance_sizes = {_split_path(path): file for path, file in fields["sizes"].items()}
    return TypeRecord(facts, instance_sizes, fields["checkable"], fields["checked"])


def _constraint_fields(constraint: Constraint) -> dict[str, object]:
    return {name: value for name, value in asdict(constraint).items() if value not in _EMPTY}


def _read_constraint(fields: Mapping[str, Any]) -> Constraint:
    return Constraint(**{**fields, "values": tuple(fields.get("values", ()))})


def _join_path(path: Names) -> str:
    return ".".join(path)


def _split_path(path: str) -> Names:
    return tuple(path.split("."))
