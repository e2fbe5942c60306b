"""Repositories of charts for tests: urllib asks them in place of the internet."""

import hashlib
import io
import urllib.request
from email.message import Message
from http.client import HTTPMessage
from urllib.response import addinfourl

import pytest

from constructs_arq.platform import support_matrix
from constructs_arq.platform.support_matrix import Chart, ChartRelease, find_release


class Repositories(urllib.request.HTTPSHandler):
    """Answers requests from a dictionary by URL. `protected` URLs need the token "secret"."""

    def __init__(self) -> None:
        super().__init__()
        self.content: dict[str, bytes] = {}
        self.protected: dict[str, str] = {}
        self.redirects: dict[str, str] = {}
        self.requests: list[urllib.request.Request] = []

    def https_open(self, request: urllib.request.Request) -> addinfourl:  # type: ignore[override]  # no connection
        url = request.full_url
        self.requests.append(request)
        if url in self.redirects:
            return answer(url, 302, b"", {"Location": self.redirects[url]})
        challenge = self.protected.get(url)
        if challenge is not None and request.get_header("Authorization") != "Bearer secret":
            return answer(url, 401, b"", {"WWW-Authenticate": challenge})
        return answer(url, 200 if url in self.content else 404, self.content.get(url, b""), {})


def answer(url: str, code: int, content: bytes, headers: dict[str, str]) -> addinfourl:
    message: Message = HTTPMessage()
    for name, value in headers.items():
        message[name] = value
    response = addinfourl(io.BytesIO(content), message, url, code)
    response.msg = str(code)  # type: ignore[attr-defined]  # urllib's error handler reads it
    return response


def set_digest(monkeypatch: pytest.MonkeyPatch, chart: Chart, content: bytes) -> None:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    releases = {each: find_release(each) for each in Chart}
    releases[chart] = ChartRelease(**{**releases[chart].model_dump(), "digest": digest, "undigested": None})
    monkeypatch.setattr(support_matrix, "_releases", lambda: releases)
