"""A server that answers as the test's `forge` does, and a list that records waits."""

from collections.abc import Callable, Iterator

import pytest

from tests.arqctl.forge.servers import Answer, Request, Server, serving


@pytest.fixture
def server(forge: Callable[[Request], Answer], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(Server(forge)) as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    """The seconds of each wait, without waiting."""
    return []
