"""The ledger: accounts and their entries. Amounts are integers in the minor unit of the currency: cents."""

import datetime as dt
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from psycopg import AsyncCursor
from psycopg.rows import class_row
from pydantic import AfterValidator, BaseModel, Field

from services.api.database import Pool, PoolConnection
from services.api.outbox import Outbox


def _require_amount(value: int) -> int:
    if value == 0:
        raise ValueError("must not be zero")
    return value


Currency = Literal["EUR", "GBP", "USD"]
Reference = Annotated[str, Field(min_length=1, max_length=140, pattern=r"^[^\x00-\x1f]*$")]
Amount = Annotated[
    int,
    Field(ge=-(10**12), le=10**12, strict=True, description="Negative amounts are withdrawals."),
    AfterValidator(_require_amount),
]
MAX_BALANCE = 10**15

_FIND_ACCOUNT = """
SELECT id, currency, balance_minor, opened_at FROM api.accounts WHERE id = %s AND customer_id = %s
"""
_LOCK_ACCOUNT: LiteralString = f"{_FIND_ACCOUNT} FOR UPDATE"
_LIST_ACCOUNTS = """
SELECT id, currency, balance_minor, opened_at FROM api.accounts WHERE customer_id = %s
ORDER BY opened_at, id LIMIT %s
"""
_OPEN_ACCOUNT = """
INSERT INTO api.accounts (customer_id, currency) VALUES (%s, %s)
RETURNING id, currency, balance_minor, opened_at
"""
_FIND_ENTRY = """
SELECT id, amount_minor, reference, booked_at FROM api.entries WHERE account_id = %s AND idempotency_key = %s
"""
_LIST_ENTRIES = """
SELECT id, amount_minor, reference, booked_at FROM api.entries WHERE account_id = %s AND id < %s
ORDER BY id DESC LIMIT %s
"""
_ADD_ENTRY = """
INSERT INTO api.entries (account_id, idempotency_key, amount_minor, reference) VALUES (%s, %s, %s, %s)
RETURNING id, amount_minor, reference, booked_at
"""
_UPDATE_BALANCE = "UPDATE api.accounts SET balance_minor = %s WHERE id = %s"


class AccountMissingError(Exception):
    """The customer has no account with this id."""


class EntryRefusedError(Exception):
    """The ledger does not accept the entry. The message is the reason."""


class Account(BaseModel):
    """An account with its present balance."""

    id: UUID
    currency: Currency
    balance_minor: int
    opened_at: dt.datetime


class NewEntry(BaseModel):
    """An amount to book, and its purpose."""

    amount_minor: Amount
    reference: Reference


class Entry(BaseModel):
    """A booked amount."""

    id: int
    amount_minor: int
    reference: str
    booked_at: dt.datetime


class Ledger:
    """Reads and changes the accounts of one customer at a time. With an outbox, entries get receipts."""

    def __init__(self, pool: Pool, outbox: Outbox | None) -> None:
        self._pool = pool
        self._outbox = outbox

    async def open_account(self, customer: UUID, currency: Currency) -> Account:
        """Open an account with the balance zero."""
        async with self._pool.connection() as connection, _accounts(connection) as cursor:
            await cursor.execute(_OPEN_ACCOUNT, (customer, currency))
            (account,) = await cursor.fetchall()
        return account

    async def list_accounts(self, customer: UUID, *, limit: int) -> list[Account]:
        """Return the customer's oldest accounts."""
        async with self._pool.connection() as connection, _accounts(connection) as cursor:
            await cursor.execute(_LIST_ACCOUNTS, (customer, limit))
            return await cursor.fetchall()

    async def find_account(self, customer: UUID, account: UUID) -> Account:
        """Return an account of the customer.

        Raises:
            AccountMissingError: if the customer has no such account.
        """
        async with self._pool.connection() as connection:
            return await _find_account(connection, customer, account)

    async def list_entries(self, customer: UUID, account: UUID, *, before: int, limit: int) -> list[Entry]:
        """Return the newest entries with a smaller id than `before`, the newest first.

        Raises:
            AccountMissingError: if the customer has no such account.
        """
        async with self._pool.connection() as connection:
            await _find_account(connection, customer, account)
            async with _entries(connection) as cursor:
                await cursor.execute(_LIST_ENTRIES, (account, before, limit))
                return await cursor.fetchall()

    async def add_entry(self, customer: UUID, account: UUID, new: NewEntry, *, key: UUID) -> Entry:
        """Book an amount and change the balance. A repeated key returns the entry of the first call.

        Raises:
            AccountMissingError: if the customer has no such account.
            EntryRefusedError: if the key is in use for another entry, or the balance would be out of range.
        """
        # The row lock makes calls for one account wait for each other.
        async with self._pool.connection() as connection:
            found = await _find_account(connection, customer, account, query=_LOCK_ACCOUNT)
            async with _entries(connection) as cursor:
                await cursor.execute(_FIND_ENTRY, (account, key))
                if (existing := await cursor.fetchone()) is not None:
                    return _require_same(existing, new)
                balance = _require_in_range(found.balance_minor + new.amount_minor)
                await cursor.execute(_ADD_ENTRY, (account, key, new.amount_minor, new.reference))
                (entry,) = await cursor.fetchall()
            await connection.execute(_UPDATE_BALANCE, (balance, account))
            if self._outbox is not None:
                await self._outbox.store(connection, entry.id)
        return entry


def _accounts(connection: PoolConnection) -> AsyncCursor[Account]:
    return connection.cursor(row_factory=class_row(Account))


def _entries(connection: PoolConnection) -> AsyncCursor[Entry]:
    return connection.cursor(row_factory=class_row(Entry))


async def _find_account(
    connection: PoolConnection, customer: UUID, account: UUID, *, query: LiteralString = _FIND_ACCOUNT
) -> Account:
    async with _accounts(connection) as cursor:
        await cursor.execute(query, (account, customer))
        found = await cursor.fetchone()
    if found is None:
        raise AccountMissingError
    return found


def _require_same(existing: Entry, new: NewEntry) -> Entry:
    if (existing.amount_minor, existing.reference) != (new.amount_minor, new.reference):
        raise EntryRefusedError("the idempotency key belongs to another entry")
    return existing


def _require_in_range(balance: int) -> int:
    if not 0 <= balance <= MAX_BALANCE:
        raise EntryRefusedError(f"the balance would not be between 0 and {MAX_BALANCE}")
    return balance
