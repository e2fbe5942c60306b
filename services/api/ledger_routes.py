"""Routes of the ledger."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Cookie, Depends, Header, Query
from pydantic import BaseModel

from services.api.ledger import Account, Currency, Entry, Ledger, NewEntry
from services.api.sessions import Sessions

_MAX_ID = 2**63 - 1

Limit = Annotated[int, Query(ge=1, le=100)]
Before = Annotated[int, Query(ge=1, le=_MAX_ID, description="The smallest id of the page before.")]


class NewAccount(BaseModel):
    """The currency of an account to open."""

    currency: Currency


def ledger_routes(ledger: Ledger, sessions: Sessions) -> APIRouter:
    """Return the routes below /api/accounts. The session's customer sees no other accounts."""
    router = APIRouter(prefix="/api/accounts", tags=["ledger"])

    async def find_customer(session: Annotated[str | None, Cookie()] = None) -> UUID:
        return await sessions.find_customer(session)

    @router.post("", status_code=201)
    async def open_account(new: NewAccount, customer: Annotated[UUID, Depends(find_customer)]) -> Account:
        return await ledger.open_account(customer, new.currency)

    @router.get("")
    async def list_accounts(
        customer: Annotated[UUID, Depends(find_customer)], limit: Limit = 50
    ) -> list[Account]:
        return await ledger.list_accounts(customer, limit=limit)

    @router.get("/{account}")
    async def show_account(account: UUID, customer: Annotated[UUID, Depends(find_customer)]) -> Account:
        return await ledger.find_account(customer, account)

    @router.post("/{account}/entries", status_code=201)
    async def add_entry(
        account: UUID,
        new: NewEntry,
        idempotency_key: Annotated[UUID, Header()],
        customer: Annotated[UUID, Depends(find_customer)],
    ) -> Entry:
        return await ledger.add_entry(customer, account, new, key=idempotency_key)

    @router.get("/{account}/entries")
    async def list_entries(
        account: UUID,
        customer: Annotated[UUID, Depends(find_customer)],
        before: Before = _MAX_ID,
        limit: Limit = 50,
    ) -> list[Entry]:
        return await ledger.list_entries(customer, account, before=before, limit=limit)

    return router
