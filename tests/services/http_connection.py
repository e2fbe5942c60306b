"""A connection for HTTP/1.1 requests. General clients need more CPU time than the API that they ask."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self, SupportsIndex

_SECONDS = 30


class ConnectionLostError(ConnectionError):
    """The server closed the connection before it sent the whole response. `received` bytes of it arrived."""

    def __init__(self, message: str, *, received: int) -> None:
        super().__init__(message)
        self.received = received


class _Reader(asyncio.StreamReader):
    """Counts all bytes that arrive. A reset of the connection discards those that nothing has read."""

    received = 0

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        content = bytes(data)
        self.received += len(content)
        super().feed_data(content)


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

    _reader: _Reader
    _writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect, or raise `OSError`."""
        loop = asyncio.get_running_loop()
        reader = _Reader()
        transport, protocol = await loop.create_connection(
            lambda: asyncio.StreamReaderProtocol(reader), "127.0.0.1", port
        )
        return cls(reader, asyncio.StreamWriter(transport, protocol, reader, loop))

    @property
    def is_open(self) -> bool:
        """Whether no end of the connection is known yet."""
        return not self._reader.at_eof() and not self._writer.is_closing()

    def close(self) -> None:
        """Close the connection."""
        self._writer.close()

    async def exchange(self, request: bytes) -> Response:
        """Send a request, and return the response. If that fails, the connection is closed."""
        before = self._reader.received
        try:
            async with asyncio.timeout(_SECONDS):
                self._writer.write(request)
                return await self._read()
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            self.close()
            raise ConnectionLostError(str(error), received=self._reader.received - before) from error
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
