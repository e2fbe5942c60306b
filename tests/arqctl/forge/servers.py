"""A local HTTP server for the fakes of GitHub and GitLab."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """A request that the server got."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: dict[str, Any]
    host: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Answer:
    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class NetworkFailure(Enum):
    """A network failure instead of an answer."""

    CUT = auto()
    HANG = auto()


@dataclass
class Server:
    """Answers with the entries of `first`, then as `forge` does. `requests` has all requests."""

    forge: Callable[[Request], Answer]
    first: deque[Answer | NetworkFailure | Callable[[Request], Answer]] = field(default_factory=deque)
    requests: list[Request] = field(default_factory=list)
    url: str = ""
    closing: threading.Event = field(default_factory=threading.Event)

    def answer(self, request: Request) -> Answer | NetworkFailure:
        self.requests.append(request)
        response = self.first.popleft() if self.first else self.forge
        return response(request) if callable(response) else response


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Serve on a free local port."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            address = urlsplit(self.path)
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = dict(parse_qsl(address.query))
            body = json.loads(text) if text else {}
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = server.answer(Request(self.command, address.path, query, headers, body, server.url))
            match answer:
                case NetworkFailure.CUT:
                    self.close_connection = True
                case NetworkFailure.HANG:
                    server.closing.wait(10)
                    self.close_connection = True
                case Answer():
                    self.reply(answer)

        do_GET = do_POST = do_PATCH = do_PUT = handle_any  # noqa: N815 - http.server's names

        def reply(self, answer: Answer) -> None:
            text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            http.shutdown()
            thread.join()


def paged(entries: list[dict[str, Any]], request: Request) -> Answer:
    """Return a page of a list, with a link to the next page."""
    size, page = min(int(request.query.get("per_page", 30)), 100), int(request.query.get("page", 1))
    link = f'<{request.host}{request.path}?per_page={size}&page={page + 1}>; rel="next"'
    headers = {"Link": link} if page * size < len(entries) else {}
    return Answer(200, entries[(page - 1) * size : page * size], headers)
