"""A server that stores a state with Terraform's HTTP protocol and can reject requests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class StateServer(ThreadingHTTPServer):
    """The stored state and lock.

    https://developer.hashicorp.com/terraform/language/backend/http
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state = b""
        self.lock = b""
        self._answers: dict[str, list[bool]] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/state"

    def reject(self, method: str, *, times: int, after: int = 0) -> None:
        """Accept some requests of a method and then reject some, as AWS does for expired credentials."""
        self._answers[method] = [True] * after + [False] * times

    def is_accepted(self, method: str) -> bool:
        answers = self._answers.get(method)
        return answers.pop(0) if answers else True


@contextmanager
def running_state_server() -> Iterator[StateServer]:
    """Run a server on a free port."""
    with StateServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    server: StateServer

    def do_GET(self) -> None:
        self._answer(200 if self.server.state else 404, self.server.state)

    def do_POST(self) -> None:
        body = self._body()
        self._change("state", body)

    def do_LOCK(self) -> None:
        body = self._body()
        if self.server.lock:
            self._answer(423, self.server.lock)
        else:
            self._change("lock", body)

    def do_UNLOCK(self) -> None:
        self._body()
        self._change("lock", b"")

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def _change(self, attribute: str, value: bytes) -> None:
        is_accepted = self.server.is_accepted(self.command)
        if is_accepted:
            setattr(self.server, attribute, value)
        self._answer(200 if is_accepted else 403)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, code: int, body: bytes = b"") -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
