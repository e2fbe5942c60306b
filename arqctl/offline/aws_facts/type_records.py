"""What is kept of one type, as compact JSON, and read again."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from arqctl.offline.facts import Constraint, Facts, Names

SECRETS = "@secrets"
"""The key under which what is secret of every type is kept once more, to be read in one piece."""

_EMPTY: frozenset[object] = frozenset({None, "", ()})


@dataclass(frozen=True, slots=True)
class Record:
    """Facts of one type, and where its sizes are listed by argument.

    `arguments` is how many of its arguments could hold a wrong value, `checked` how many of those are.
    """

    facts: Facts
    sizes: Mapping[Names, str] = field(default_factory=dict)
    arguments: int = 0
    checked: int = 0


class _Constraints(Mapping[Names, Constraint]):
    """Constraints by argument. They are made when asked for: some types have ten thousand."""

    def __init__(self, numbers: Mapping[str, int], distinct: list[dict[str, Any]]) -> None:
        self._numbers = numbers
        self._distinct = distinct

    def __getitem__(self, path: Names) -> Constraint:
        return _constraint(self._distinct[self._numbers[_joined(path)]])

    def __iter__(self) -> Iterator[Names]:
        return map(_split, self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def encode(record: Record) -> bytes:
    """A record as bytes. Each distinct constraint is written once."""
    facts = record.facts
    numbers: dict[Constraint, int] = {}
    by_path = {
        _joined(path): numbers.setdefault(each, len(numbers)) for path, each in facts.constraints.items()
    }
    return json.dumps(
        {
            "cloudformation": facts.cloudformation,
            "replacing": sorted(map(_joined, facts.replacing)),
            "sensitive": sorted(map(_joined, facts.sensitive)),
            "constraints": by_path,
            "distinct": list(map(_fields, numbers)),
            "sizes": {_joined(path): file for path, file in record.sizes.items()},
            "arguments": record.arguments,
            "checked": record.checked,
        },
        separators=(",", ":"),
    ).encode()


def decode(content: bytes) -> Record:
    """What `encode` made bytes of."""
    fields = json.loads(content)
    facts = Facts(
        cloudformation=fields["cloudformation"],
        replacing=frozenset(map(_split, fields["replacing"])),
        sensitive=frozenset(map(_split, fields["sensitive"])),
        constraints=_Constraints(fields["constraints"], fields["distinct"]),
    )
    sizes = {_split(path): file for path, file in fields["sizes"].items()}
    return Record(facts, sizes, fields["arguments"], fields["checked"])


def _fields(constraint: Constraint) -> dict[str, object]:
    return {name: value for name, value in asdict(constraint).items() if value not in _EMPTY}


def _constraint(fields: Mapping[str, Any]) -> Constraint:
    return Constraint(**{**fields, "values": tuple(fields.get("values", ()))})


def _joined(path: Names) -> str:
    return ".".join(path)


def _split(path: str) -> Names:
    return tuple(path.split("."))
