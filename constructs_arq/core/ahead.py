"""Has Node load packages while Python goes on importing.

The bindings tell Node which packages to load, and wait for an answer in which nothing stands that Python
needs. Here the answers are read when the first other request is made; until then both work at once.
"""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Protocol

from jsii._kernel.providers import process as jsii_process
from jsii._kernel.types import LoadRequest, LoadResponse
from jsii.errors import JSIIError


class _Pipe(Protocol):
    def write(self, data: bytes, /) -> int: ...
    def flush(self) -> None: ...


class _Child(Protocol):
    stdin: _Pipe


class _Node(Protocol):
    """What is used of jsii's private class for the Node process."""

    _process: _Child

    def _next_message(self) -> Mapping[str, object]: ...


def load_ahead() -> None:
    """Have loads sent without waiting for their answers."""
    node = jsii_process._NodeProcess  # noqa: SLF001  # there is no public place to do this
    send: Callable[..., object] = node.send
    if hasattr(send, "__wrapped__"):
        return
    awaited: list[str] = []

    @functools.wraps(send)
    def send_or_leave(self: _Node, request: object, response_type: type[object]) -> object:
        if isinstance(request, LoadRequest):
            awaited.append(request.name)
            _write(self, request)
            return LoadResponse(assembly=request.name, types=0)
        while awaited:
            _read_answer(self, awaited.pop(0))
        return send(self, request, response_type)

    setattr(node, "send", send_or_leave)  # noqa: B010  # mypy rightly refuses the assignment


def _write(node: _Node, request: LoadRequest) -> None:
    message = {"api": "load", "name": request.name, "version": request.version, "tarball": request.tarball}
    pipe = node._process.stdin  # noqa: SLF001
    pipe.write(json.dumps(message).encode() + b"\n")
    pipe.flush()


def _read_answer(node: _Node, package: str) -> None:
    answer = node._next_message()  # noqa: SLF001
    if "ok" not in answer:
        raise JSIIError(f"{package} could not be loaded: {answer.get('error')}")
