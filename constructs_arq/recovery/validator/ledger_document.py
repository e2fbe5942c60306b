"""The daily ledger of a database, which the program `services.backup.ledger` writes."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FORMAT: Final = 1


class LedgerError(Exception):
    """A ledger is missing or can't be read. The message has its key."""


@dataclass(frozen=True)
class Segment:
    """Rows with keys in [`first`, `last`]: their number, and the sum of their hashes."""

    first: int
    last: int
    rows: int
    checksum: str


@dataclass(frozen=True)
class KeyRange:
    """The rows of an append-only table that no transaction can add to: those with keys up to `through`."""

    column: str
    through: int
    segments: Sequence[Segment]


@dataclass(frozen=True)
class Sample:
    """A row: its key, the transaction that wrote it, and a hash of its values."""

    key: Sequence[str]
    version: str
    digest: str


@dataclass(frozen=True)
class Table:
    """A table as the ledger found it. `name` is quoted, with the schema.

    The rows of a large table are PostgreSQL's estimate (`is_estimate`), and it has no checksum.
    """

    name: str
    rows: int
    is_estimate: bool
    columns: Sequence[str]
    checksum: str | None
    key: Sequence[str]
    key_range: KeyRange | None
    samples: Sequence[Sample]


@dataclass(frozen=True)
class Ledger:
    """All tables of a database at one time.

    It has the rows of all transactions before `oldest_transaction`, a number of 64 bits.
    """

    object_key: str
    database: str
    taken_at: dt.datetime
    oldest_transaction: int
    migration_table: str
    migration_head: str
    tables: Sequence[Table]
    foreign_keys: int


def parse_ledger(object_key: str, text: bytes) -> Ledger:
    """Return the ledger in a JSON text.

    Raises:
        LedgerError: if the text has another format, or a value is missing.
    """
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise LedgerError(
                f"{object_key} has the format {document['format']}, and this code reads {FORMAT}"
            )
        return Ledger(
            object_key=object_key,
            database=str(document["database"]),
            taken_at=dt.datetime.fromisoformat(document["taken_at"]),
            oldest_transaction=int(document["oldest_transaction"]),
            migration_table=str(document["migration_table"]),
            migration_head=str(document["migration_head"]),
            tables=[_parse_table(each) for each in document["tables"]],
            foreign_keys=int(document["foreign_keys"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise LedgerError(f"{object_key} is no ledger: {type(error).__name__} {error}") from error


def _parse_table(table: dict[str, object]) -> Table:
    return Table(
        name=str(table["name"]),
        rows=int(str(table["rows"])),
        is_estimate=table["is_estimate"] is True,
        columns=_texts(table["columns"]),
        checksum=None if table["checksum"] is None else str(table["checksum"]),
        key=_texts(table["key"]),
        key_range=_parse_key_range(table.get("key_range")),
        samples=[
            Sample(key=_texts(each["key"]), version=str(each["version"]), digest=str(each["digest"]))
            for each in _objects(table["samples"])
        ],
    )


def _parse_key_range(value: object) -> KeyRange | None:
    if value is None:
        return None
    (found,) = _objects([value])
    segments = [
        Segment(
            first=int(str(each["first"])),
            last=int(str(each["last"])),
            rows=int(str(each["rows"])),
            checksum=str(each["checksum"]),
        )
        for each in _objects(found["segments"])
    ]
    return KeyRange(column=str(found["column"]), through=int(str(found["through"])), segments=segments)


def _texts(value: object) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list, got {value!r:.60}")
    return [str(each) for each in value]


def _objects(value: object) -> list[dict[str, object]]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise TypeError(f"expected a list of objects, got {value!r:.60}")
    return value
