"""Resources of the simulated account, in one SQLite file that several providers share.

A resource is *reserved* when its creation starts, *created* when the provider has made it, and *in_state*
when Terraform has read it again, so that its state contains it. A name is taken only by a resource in state,
or by one that this process created. A killed apply leaves resources that Terraform doesn't know; the next
apply overwrites them. Real AWS would reject the name until somebody deletes the resource.
"""

import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.stored_resource import StoredResource, from_row, to_json
from arqctl.offline.values import Value

# Seconds to wait for another process's transaction, which takes milliseconds.
_TIMEOUT_SECONDS = 30
_CREATE_TABLE = """
create table if not exists simulated_resources (
    account text not null,
    region text not null,
    type text not null,
    id text not null,
    state text not null,
    stage text not null check (stage in ('reserved', 'created', 'in_state')),
    process text not null,
    primary key (account, type, id, region)
) without rowid
"""
# Changes in progress, by resource. Each provider configuration is a process of its own.
_CREATE_CLAIMS = """
create table if not exists claims (
    account text not null,
    name text not null,
    holder text not null,
    since real not null,
    primary key (account, name)
) without rowid
"""
_UPSERT = """
insert or replace into simulated_resources (account, region, type, id, state, stage, process)
values (?, ?, ?, ?, ?, ?, ?)
"""


class ResourceStore:
    """The account's resources. Safe for threads and processes; a crash loses only the open transaction."""

    def __init__(self, path: Path | None = None, *, existing_roles: Sequence[str] | None = None) -> None:
        """Open the store at `path`, or in memory if it is None.

        `existing_roles` are the roles that each account has before Terraform creates any, with their paths.
        If it is None, they are not known, and every role may exist.
        """
        self.existing_roles = existing_roles
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        # All threads share one connection and take turns: a transaction is far shorter than opening a
        # connection.
        self._connection = sqlite3.connect(
            path or ":memory:", timeout=_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._lock = threading.RLock()
        # Process ids are reused, so they can't identify a process.
        self._process = uuid.uuid4().hex
        self._in_state: set[tuple[str, str, str, str]] | None = None
        self._configure()

    def reserve(self, account: Account, type: str, make_id: Callable[[int], str]) -> int:
        """Reserve the first ordinal whose id is free. The ordinal is 0 if the id depends on arguments only.

        `make_id` returns the id for an ordinal. Ordinals of deleted resources are free again.
        """
        with self._transaction() as connection:
            has_fixed_id = make_id(0) == make_id(1)
            ordinal = 0
            while not has_fixed_id and self._is_taken(connection, account, type, make_id(ordinal)):
                ordinal += 1
            self._put(connection, account, type, make_id(ordinal), "{}", "reserved")
        return ordinal

    def save(self, account: Account, type: str, id: str, state: Mapping[str, Value]) -> None:
        """Save a created or updated resource. `state` must not contain secrets or write-only values."""
        with self._transaction() as connection:
            is_in_state = self._key(account, type, id) in self._keys_in_state(connection)
            self._put(connection, account, type, id, to_json(state), "in_state" if is_in_state else "created")

    def mark_in_state(self, account: Account, type: str, id: str, state: Mapping[str, Value]) -> None:
        """Save that Terraform's state contains a resource. Cheap if that is already saved."""
        with self._lock:
            if self._key(account, type, id) in self._keys_in_state(self._connection):
                return
        with self._transaction() as connection:
            self._put(connection, account, type, id, to_json(state), "in_state")
            self._keys_in_state(connection).add(self._key(account, type, id))

    def remove(self, account: Account, type: str, id: str) -> None:
        """Delete a resource."""
        with self._transaction() as connection:
            connection.execute(
                "delete from simulated_resources where account = ? and type = ? and id = ? and region = ?",
                (account.id, type, id, account.region),
            )
            self._keys_in_state(connection).discard(self._key(account, type, id))

    def find(self, account: Account, type: str, id: str) -> StoredResource | None:
        """Find a resource by its id, in the account's region or else in any other."""
        found = [each for each in self._select(account, type, id) if each.state]
        return min(found, key=lambda each: each.region != account.region, default=None)

    def list_resources(self, account: Account, type: str) -> list[StoredResource]:
        """List all resources of a type in the account's region, in order of ids."""
        return [each for each in self._select(account, type) if each.state and each.region == account.region]

    def list_everywhere(self, account: Account, type: str) -> list[StoredResource]:
        """List all resources of a type in all regions of the account, in order of ids."""
        return [each for each in self._select(account, type) if each.state]

    def find_by_arguments(
        self, account: Account, type: str, names: Mapping[str, Value], *, everywhere: bool
    ) -> StoredResource | None:
        """Find a resource that definitely exists and has these argument values, so that their name is taken.

        `everywhere` searches all regions. Resources that a killed apply left behind don't count.
        """
        with self._lock:
            rows = self._connection.execute(
                "select type, id, region, state from simulated_resources where account = ? and type = ?"
                " and (stage = 'in_state' or (stage = 'created' and process = ?)) order by id",
                (account.id, type, self._process),
            ).fetchall()
        found = (from_row(row) for row in rows if everywhere or row[2] == account.region)
        return next((each for each in found if names.items() <= each.state.items()), None)

    def claim(self, account: Account, name: str, holder: str, *, seconds: float) -> str:
        """Claim a name for at most `seconds`. Return the other holder, or "" if the claim succeeded."""
        now = time.time()
        with self._transaction() as connection:
            query = "select holder from claims where account = ? and name = ? and since > ?"
            other = connection.execute(query, (account.id, name, now - seconds)).fetchone()
            if other is None:
                claim = "insert or replace into claims (account, name, holder, since) values (?, ?, ?, ?)"
                connection.execute(claim, (account.id, name, holder, now))
        return str(other[0]) if other else ""

    def release(self, account: Account, name: str) -> None:
        """End a claim."""
        with self._transaction() as connection:
            connection.execute("delete from claims where account = ? and name = ?", (account.id, name))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _configure(self) -> None:
        with self._lock:
            # WAL mode allows readers next to a writer. A crash of the process loses nothing.
            self._connection.execute(f"pragma busy_timeout = {_TIMEOUT_SECONDS * 1000}")
            self._enable_wal()
            self._connection.execute("pragma synchronous = normal")
            self._connection.execute(_CREATE_TABLE)
            self._connection.execute(_CREATE_CLAIMS)

    def _enable_wal(self) -> None:
        # SQLite's busy timeout doesn't cover this pragma while another process opens the file.
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        while True:
            try:
                self._connection.execute("pragma journal_mode = wal")
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("begin immediate")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def _is_taken(self, connection: sqlite3.Connection, account: Account, type: str, id: str) -> bool:
        # In any stage: two resources never get one id, even if another process is applying.
        query = "select 1 from simulated_resources where account = ? and type = ? and id = ?"
        return connection.execute(query, (account.id, type, id)).fetchone() is not None

    def _put(
        self, connection: sqlite3.Connection, account: Account, type: str, id: str, state: str, stage: str
    ) -> None:
        connection.execute(_UPSERT, (account.id, account.region, type, id, state, stage, self._process))

    def _select(self, account: Account, type: str, id: str | None = None) -> list[StoredResource]:
        query = "select type, id, region, state from simulated_resources where account = ? and type = ?"
        with self._lock:
            if id is None:
                rows = self._connection.execute(f"{query} order by id", (account.id, type)).fetchall()
            else:
                rows = self._connection.execute(f"{query} and id = ?", (account.id, type, id)).fetchall()
        return [from_row(row) for row in rows]

    def _keys_in_state(self, connection: sqlite3.Connection) -> set[tuple[str, str, str, str]]:
        if self._in_state is None:
            rows = connection.execute(
                "select account, region, type, id from simulated_resources where stage = 'in_state'"
            )
            self._in_state = set(rows.fetchall())
        return self._in_state

    @staticmethod
    def _key(account: Account, type: str, id: str) -> tuple[str, str, str, str]:
        return (account.id, account.region, type, id)
