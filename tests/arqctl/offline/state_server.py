"""A server that keeps Terraform's states in memory.

With local state, Terraform writes the whole state after each resource, so the time of an apply grows with the
square of its resources. To a server, it writes every 20 seconds and at the end.
https://developer.hashicorp.com/terraform/language/backend/http
"""

from collections.abc import Mapping
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

_states: Final[dict[str, bytes]] = {}


def backend_of(key: str) -> Mapping[str, object]:
    """Return Terraform's configuration of the backend for a state. The server starts with the first."""
    return {"http": {"address": f"http://127.0.0.1:{_server().server_port}{_path(key)}"}}


def state_text(key: str) -> str:
    """Return a state, or "" before the first apply."""
    return _states.get(_path(key), b"").decode()


def _path(key: str) -> str:
    return f"/{key.strip('/')}"


@cache
def _server() -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        state = _states.get(self.path)
        self._answer(200 if state else 404, state or b"")

    def do_POST(self) -> None:
        _states[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing: a test shows Terraform's output."""
