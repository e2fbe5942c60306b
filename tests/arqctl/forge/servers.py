"""A local HTTP server for whatever answers like a forge."""

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
class Asked:
    """A request as the server sees it."""

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


class Trouble(Enum):
    """What a network does in place of an answer."""

    CUT = auto()
    HANG = auto()


@dataclass
class Server:
    """Answers as the forge does, after what is to happen first. `asked` holds all requests."""

    forge: Callable[[Asked], Answer]
    first: deque[Answer | Trouble | Callable[[Asked], Answer]] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    closing: threading.Event = field(default_factory=threading.Event)

    def answer(self, asked: Asked) -> Answer | Trouble:
        self.asked.append(asked)
        happens = self.first.popleft() if self.first else self.forge
        return happens(asked) if callable(happens) else happens


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Serve on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            address = urlsplit(self.path)
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = dict(parse_qsl(address.query))
            body = json.loads(text) if text else {}
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = server.answer(Asked(self.command, address.path, query, headers, body, server.url))
            match answer:
                case Trouble.CUT:
                    self.close_connection = True
                case Trouble.HANG:
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
            """Say nothing."""

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


def paged(entries: list[dict[str, Any]], asked: Asked) -> Answer:
    """A page of a list, and the address of the next one if there is one."""
    size, page = min(int(asked.query.get("per_page", 30)), 100), int(asked.query.get("page", 1))
    link = f'<{asked.host}{asked.path}?per_page={size}&page={page + 1}>; rel="next"'
    headers = {"Link": link} if page * size < len(entries) else {}
    return Answer(200, entries[(page - 1) * size : page * size], headers)
