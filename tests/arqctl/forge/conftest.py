"""A server that answers as the test's `forge` does, and nobody really waiting."""

from collections.abc import Callable, Iterator

import pytest

from tests.arqctl.forge.servers import Answer, Asked, Server, serving


@pytest.fixture
def server(forge: Callable[[Asked], Answer], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(Server(forge)) as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    """How long each wait would have been."""
    return []
