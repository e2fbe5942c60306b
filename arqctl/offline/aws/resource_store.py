"""What exists in the simulated account, kept in one SQLite file that several providers share.

An entry is *reserved* when its creation begins, *made* when AWS has answered, and *seen* once Terraform asks
for it again, so that its state surely holds it. A name is taken only by what was seen, or made by this very
process: what a killed apply left behind is unknown to Terraform and is made anew over it. Real AWS would
refuse such a name until someone tidies up; there is nobody to do that here, and a rerun must become whole.
"""

import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from arqctl.offline.aws.account import Account
from arqctl.offline.values import Value

# How long a process waits for another one's transaction, in seconds; each takes a few milliseconds.
_PATIENCE = 30
_TABLE = """
create table if not exists resources (
    account text not null,
    region text not null,
    type text not null,
    id text not null,
    state text not null,
    stage text not null check (stage in ('reserved', 'made', 'seen')),
    process text not null,
    primary key (account, type, id, region)
) without rowid
"""
_PUT = """
insert or replace into resources (account, region, type, id, state, stage, process)
values (?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class StoredResource:
    """One thing that exists: `state` holds its values, without those that are secret."""

    type: str
    id: str
    region: str
    state: Mapping[str, Value]


class ResourceStore:
    """The account's book. Threads and processes may use it at once; a crash loses what was under way."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` None keeps it in memory, for this process alone."""
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        # One connection for all threads, one at a time: a transaction is far shorter than opening another.
        self._connection = sqlite3.connect(
            path or ":memory:", timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        self._turn = threading.RLock()
        # A process id may come again; this doesn't.
        self._process = uuid.uuid4().hex
        self._seen: set[tuple[str, str, str, str]] | None = None
        self._prepare()

    def reserve(self, account: Account, type: str, make_id: Callable[[int], str]) -> int:
        """The first number whose id is free, kept for this process. 0 for what is named by its arguments.

        `identify` gives the id for a number. Numbers of what was destroyed are free again.
        """
        with self._transaction() as connection:
            named = make_id(0) == make_id(1)
            number = 0
            while not named and self._taken(connection, account, type, make_id(number)):
                number += 1
            self._put(connection, account, type, make_id(number), "{}", "reserved")
        return number

    def save(self, account: Account, type: str, id: str, state: Mapping[str, Value]) -> None:
        """Note that a resource was made or changed. `state` comes without secrets and write-only values."""
        with self._transaction() as connection:
            known = self._key(account, type, id) in self._known_seen(connection)
            self._put(connection, account, type, id, _written(state), "seen" if known else "made")

    def mark_in_state(self, account: Account, type: str, id: str, state: Mapping[str, Value]) -> None:
        """Note that Terraform's state holds a resource, whoever made it. Costs nothing when already noted."""
        with self._turn:
            if self._key(account, type, id) in self._known_seen(self._connection):
                return
        with self._transaction() as connection:
            self._put(connection, account, type, id, _written(state), "seen")
            self._known_seen(connection).add(self._key(account, type, id))

    def remove(self, account: Account, type: str, id: str) -> None:
        """Note that a resource is gone."""
        with self._transaction() as connection:
            connection.execute(
                "delete from resources where account = ? and type = ? and id = ? and region = ?",
                (account.id, type, id, account.region),
            )
            self._known_seen(connection).discard(self._key(account, type, id))

    def find(self, account: Account, type: str, id: str) -> StoredResource | None:
        """What exists with an id, in the account's region or, if not there, in any other."""
        found = [each for each in self._entries(account, type, id) if each.state]
        return min(found, key=lambda each: each.region != account.region, default=None)

    def list_resources(self, account: Account, type: str) -> list[StoredResource]:
        """All that exists of a type in the account's region, in order of ids."""
        return [each for each in self._entries(account, type) if each.state and each.region == account.region]

    def find_by_arguments(
        self, account: Account, type: str, names: Mapping[str, Value], *, everywhere: bool
    ) -> StoredResource | None:
        """What surely exists with these values of arguments: a name is taken by it.

        `everywhere` looks in all regions. What a killed apply left behind doesn't count.
        """
        with self._turn:
            rows = self._connection.execute(
                "select type, id, region, state from resources where account = ? and type = ?"
                " and (stage = 'seen' or (stage = 'made' and process = ?)) order by id",
                (account.id, type, self._process),
            ).fetchall()
        found = (_entry(row) for row in rows if everywhere or row[2] == account.region)
        return next((each for each in found if names.items() <= each.state.items()), None)

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            self._connection.close()

    def _prepare(self) -> None:
        with self._turn:
            # Readers and a writer at once; a crash of the process loses nothing, one of the machine a moment.
            self._connection.execute(f"pragma busy_timeout = {_PATIENCE * 1000}")
            self._share()
            self._connection.execute("pragma synchronous = normal")
            self._connection.execute(_TABLE)

    def _share(self) -> None:
        # SQLite doesn't wait for this one, of all things, while another process opens the file as well.
        patience = time.monotonic() + _PATIENCE
        while True:
            try:
                self._connection.execute("pragma journal_mode = wal")
            except sqlite3.OperationalError:
                if time.monotonic() > patience:
                    raise
                time.sleep(0.01)
            else:
                return

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            self._connection.execute("begin immediate")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def _taken(self, connection: sqlite3.Connection, account: Account, type: str, id: str) -> bool:
        # Whatever stage: two resources never get one id, even while another process is at work.
        query = "select 1 from resources where account = ? and type = ? and id = ?"
        return connection.execute(query, (account.id, type, id)).fetchone() is not None

    def _put(
        self, connection: sqlite3.Connection, account: Account, type: str, id: str, state: str, stage: str
    ) -> None:
        connection.execute(_PUT, (account.id, account.region, type, id, state, stage, self._process))

    def _entries(self, account: Account, type: str, id: str | None = None) -> list[StoredResource]:
        query = "select type, id, region, state from resources where account = ? and type = ?"
        with self._turn:
            if id is None:
                rows = self._connection.execute(f"{query} order by id", (account.id, type)).fetchall()
            else:
                rows = self._connection.execute(f"{query} and id = ?", (account.id, type, id)).fetchall()
        return [_entry(row) for row in rows]

    def _known_seen(self, connection: sqlite3.Connection) -> set[tuple[str, str, str, str]]:
        if self._seen is None:
            rows = connection.execute("select account, region, type, id from resources where stage = 'seen'")
            self._seen = set(rows.fetchall())
        return self._seen

    @staticmethod
    def _key(account: Account, type: str, id: str) -> tuple[str, str, str, str]:
        return (account.id, account.region, type, id)


def _entry(row: tuple[str, str, str, str]) -> StoredResource:
    return StoredResource(row[0], row[1], row[2], json.loads(row[3]))


def _written(state: Mapping[str, Value]) -> str:
    return json.dumps(state, default=_number, separators=(",", ":"))


def _number(value: object) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{value!r} is not known yet, so it can't be kept")
