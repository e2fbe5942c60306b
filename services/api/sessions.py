"""Sessions in Valkey. A session knows only a customer's id, and no personal data."""

import hashlib
import re
import secrets
from uuid import UUID, uuid4

from valkey.asyncio import Valkey

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class SessionMissingError(Exception):
    """The request has no token of a session that exists."""


class Sessions:
    """Starts, finds and ends sessions. A session ends when it is unused for its lifetime.

    The keys are hashes of the tokens, so a copy of the cache opens no session.
    """

    def __init__(self, cache: Valkey, *, seconds: int) -> None:
        self._cache = cache
        self.seconds = seconds

    async def start(self) -> str:
        """Start a session of a new customer and return its token."""
        token = secrets.token_urlsafe(32)
        await self._cache.set(_key(token), str(uuid4()), ex=self.seconds)
        return token

    async def find_customer(self, token: str | None) -> UUID:
        """Return the customer of a session, which then lives for its full lifetime again.

        Raises:
            SessionMissingError: if there is no such session.
        """
        if token is None or not _TOKEN.fullmatch(token):
            raise SessionMissingError
        customer = await self._cache.getex(_key(token), ex=self.seconds)
        if customer is None:
            raise SessionMissingError
        return UUID(customer)

    async def end(self, token: str | None) -> None:
        """End a session, if it exists."""
        if token is not None and _TOKEN.fullmatch(token):
            await self._cache.delete(_key(token))


def _key(token: str) -> str:
    return f"api:session:{hashlib.sha256(token.encode()).hexdigest()}"
