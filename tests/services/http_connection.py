"""A connection for HTTP/1.1 requests. General clients need more CPU time than the API that they ask."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

_SECONDS = 30


class ConnectionLostError(ConnectionError):
    """The server closed the connection before it sent the whole response."""


@dataclass(frozen=True)
class Response:
    """A response. Names of headers are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_last(self) -> bool:
        """Whether the server closes the connection after it."""
        return self.headers.get("connection") == "close"


@dataclass(frozen=True)
class Connection:
    """A connection to a port on loopback."""

    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect, or raise `OSError`."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    @property
    def is_open(self) -> bool:
        """Whether no end of the connection is known yet."""
        return not self._reader.at_eof() and not self._writer.is_closing()

    def close(self) -> None:
        """Close the connection."""
        self._writer.close()

    async def exchange(self, request: bytes) -> Response:
        """Send a request, and return the response. If that fails, the connection is closed."""
        try:
            async with asyncio.timeout(_SECONDS):
                self._writer.write(request)
                return await self._read()
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            self.close()
            raise ConnectionLostError(str(error)) from error
        except BaseException:
            self.close()
            raise

    async def _read(self) -> Response:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        assert "transfer-encoding" not in headers, "only responses with a known length are supported"
        body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        return Response(int(first.split()[1]), headers, body)
