"""Receivers on loopback: PagerDuty's events, the heartbeat of the Watchdog, and the SNS topic of tickets."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

_PUBLISHED = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>"


@dataclass(frozen=True)
class Event:
    """An event for PagerDuty, and the monotonic time of its arrival."""

    content: dict[str, Any]
    received: float = field(default_factory=time.monotonic)

    @property
    def action(self) -> str:
        """The word `trigger` or `resolve`."""
        return str(self.content["event_action"])

    @property
    def alert(self) -> str:
        """The alert's name."""
        return str(self.content["payload"]["class"])


@dataclass
class Receivers:
    """The events and messages that arrived. `url` is the address of all receivers."""

    url: str
    events: list[Event] = field(default_factory=list)
    heartbeats: int = 0
    tickets: int = 0

    def find(self, action: str, alert: str) -> list[Event]:
        """Return the events of an alert that open or close its incident."""
        return [event for event in self.events if (event.action, event.alert) == (action, alert)]


@contextmanager
def running_receivers() -> Iterator[Receivers]:
    """Run the receivers on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/v2/enqueue":
                receivers.events.append(Event(json.loads(body)))
                self._answer(202, '{"status": "success"}')
            elif self.path == "/heartbeat":
                receivers.heartbeats += 1
                self._answer(200, "OK")
            else:
                receivers.tickets += 1
                self._answer(200, _PUBLISHED)

        def _answer(self, status: int, text: str) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receivers = Receivers(f"http://127.0.0.1:{server.server_port}")
        Thread(target=server.serve_forever, daemon=True).start()
        yield receivers
        server.shutdown()
