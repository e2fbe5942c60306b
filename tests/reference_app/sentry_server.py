"""A local server that receives reports as Sentry's ingest does: authentication, envelopes and rate limits.

https://develop.sentry.dev/sdk/data-model/envelopes/ https://develop.sentry.dev/sdk/expected-features/rate-limiting/
"""

import gzip
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

_KEY = "0123456789abcdef0123456789abcdef"
_PROJECT = "42"
_AUTH = re.compile(r"(\w+)=([^,\s]+)")


@dataclass
class SentryServer:
    """The reports that arrived. `limit` has the headers of the answer 429 that the next requests get."""

    port: int
    bodies: list[str] = field(default_factory=list)
    items: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refused: int = 0
    limit: dict[str, str] = field(default_factory=dict)

    @property
    def dsn(self) -> str:
        """The DSN of the project."""
        return f"http://{_KEY}@127.0.0.1:{self.port}/{_PROJECT}"

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """Return the payloads of items, such as `event` and `transaction`."""
        return [payload for name, payload in self.items if name == kind]

    def wait_for(self, kind: str, number: int = 1) -> list[dict[str, Any]]:
        """Wait until that many items arrived, and return their payloads."""
        for _ in range(500):
            if len(found := self.of_type(kind)) >= number:
                return found
            time.sleep(0.01)
        raise AssertionError(f"{len(found)} of {number} items of type {kind} arrived")

    def receive(self, headers: dict[str, str], path: str, body: bytes) -> tuple[int, dict[str, str]]:
        """Return the status and the headers of the answer."""
        credentials = dict(_AUTH.findall(headers.get("x-sentry-auth", "")))
        if path != f"/api/{_PROJECT}/envelope/":
            return 404, {}
        if credentials.get("sentry_key") != _KEY or credentials.get("sentry_version") != "7":
            return 403, {}
        if self.limit:
            self.refused += 1
            return 429, self.limit
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        self.bodies.append(body.decode())
        self.items += _read_items(body)
        return 200, {}


@contextmanager
def running_sentry() -> Iterator[SentryServer]:
    """Start a server on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more = sentry.receive(headers, self.path, body)
            self.send_response(status)
            for name, value in {"Content-Length": "2", **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sentry = SentryServer(server.server_port)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield sentry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _read_items(envelope: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the type and the payload of each item. The first line is the header of the envelope."""
    header, _, rest = envelope.partition(b"\n")
    assert isinstance(json.loads(header), dict)
    while rest.strip():
        line, _, rest = rest.partition(b"\n")
        item = json.loads(line)
        length = item.get("length", len(rest.partition(b"\n")[0]))
        yield item["type"], json.loads(rest[:length])
        rest = rest[length:].lstrip(b"\n")
