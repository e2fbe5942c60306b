"""A server with TLS that takes requests as `loki.source.api` of Alloy does.

https://github.com/grafana/alloy/blob/v1.18.1/internal/component/loki/source/api/internal/loghttp/push.go
"""

import gzip
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.observability.canaries.code_runner import make_certificate


class Receiver:
    """The streams that the server received. `statuses` are its next answers instead of 204."""

    def __init__(self) -> None:
        self.streams: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        self.released = threading.Event()
        self.released.set()
        self.url = ""

    def take(self, path: str, headers: Any, body: bytes) -> int:
        """Return the status of the answer to a request."""
        if self.statuses:
            return self.statuses.pop(0)
        if path != "/loki/api/v1/push":
            return 404
        if headers["Content-Type"] != "application/json" or headers["Content-Encoding"] != "gzip":
            return 400
        streams = json.loads(gzip.decompress(body))["streams"]
        if not all(map(is_stream, streams)):
            return 400
        self.streams += streams
        return 204

    @property
    def lines(self) -> list[str]:
        """The lines of all streams."""
        return [line for stream in self.streams for _, line, _ in stream["values"]]


def is_stream(stream: dict[str, Any]) -> bool:
    """Return whether all values have the types that Alloy reads."""
    texts = [*stream["stream"].values()]
    for time, line, metadata in stream["values"]:
        texts += [line, *metadata.values()]
        if not time.isdigit():
            return False
    return all(isinstance(each, str) for each in texts)


@contextmanager
def run_receiver(folder: Path) -> Iterator[Receiver]:
    """Run the server on a free port of localhost. Its certificate is in `trusted.pem` of the folder."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not receiver.released.is_set():
                receiver.released.wait(5)
                return
            status = receiver.take(self.path, self.headers, body)
            answer = b"" if status == 204 else body
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    made = make_certificate(days=1)
    trusted, key = folder / "trusted.pem", folder / "key.pem"
    trusted.write_text(made["certificate"])
    key.write_text(made["key"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.url = f"https://localhost:{server.server_port}/loki/api/v1/push"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
