"""Has Node start, and load packages and resources, while Python goes on importing.

The bindings wait until Node has started, tell it which packages to load, and wait for answers in which
nothing stands that Python needs. Here greeting and answers are read when the first other request is made;
until then both work at once. And Node is told of each resource as Python imports it: it would otherwise load
it when the first one is made, while Python waits.
"""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Protocol

from jsii import _reference_map
from jsii._kernel.providers import process as jsii_process
from jsii._kernel.types import LoadRequest, LoadResponse
from jsii._runtime import kernel
from jsii.errors import JSIIError

_PROVIDER = "@cdktf/provider-"
# Every resource has it as a constant, so that asking for it loads the resource and does nothing else.
_CONSTANT = "tfResourceType"


class _Pipe(Protocol):
    def write(self, data: bytes, /) -> int: ...
    def flush(self) -> None: ...


class _Child(Protocol):
    stdin: _Pipe


class _Node(Protocol):
    """What is used of jsii's private class for the Node process."""

    _process: _Child

    def _next_message(self) -> Mapping[str, object]: ...


_Answer = Callable[["_Node"], None]

# How each message that is still to come is read, in their order.
_AWAITED: list[_Answer] = []


def work_ahead() -> None:
    """Have loads sent without waiting for their answers, and resources loaded as they are imported."""
    node = jsii_process._NodeProcess  # noqa: SLF001  # there is no public place to do this
    send: Callable[..., object] = node.send
    greet: Callable[..., None] = node.handshake
    register: Callable[[type[object]], None] = _reference_map.register_type
    if hasattr(send, "__wrapped__"):
        return

    @functools.wraps(send)
    def send_or_leave(self: _Node, request: object, response_type: type[object]) -> object:
        if isinstance(request, LoadRequest):
            message = {"name": request.name, "version": request.version, "tarball": request.tarball}
            _leave(self, {"api": "load", **message}, functools.partial(_require_loaded, request.name))
            return LoadResponse(assembly=request.name, types=0)
        while _AWAITED:
            _AWAITED.pop(0)(self)
        return send(self, request, response_type)

    @functools.wraps(register)
    def register_and_load(kind: type[object]) -> None:
        register(kind)
        name = getattr(kind, "__jsii_type__", "")
        # Only while loads are being awaited: later, a program may be in the middle of something else.
        if _AWAITED and name.startswith(_PROVIDER) and "TF_RESOURCE_TYPE" in vars(kind):
            asked = {"api": "sget", "fqn": name, "property": _CONSTANT}
            _leave(kernel.provider._process, asked, _pass_over)  # type: ignore[attr-defined]  # noqa: SLF001

    setattr(node, "handshake", lambda _: _AWAITED.append(greet))  # noqa: B010  # mypy rightly refuses
    setattr(node, "send", send_or_leave)  # noqa: B010
    setattr(_reference_map, "register_type", register_and_load)  # noqa: B010


def _leave(node: _Node, message: Mapping[str, str], answer: _Answer) -> None:
    _AWAITED.append(answer)
    pipe = node._process.stdin  # noqa: SLF001
    pipe.write(json.dumps(message).encode() + b"\n")
    pipe.flush()


def _require_loaded(package: str, node: _Node) -> None:
    answer = node._next_message()  # noqa: SLF001
    if "ok" not in answer:
        raise JSIIError(f"{package} could not be loaded: {answer.get('error')}")


def _pass_over(node: _Node) -> None:
    node._next_message()  # noqa: SLF001
