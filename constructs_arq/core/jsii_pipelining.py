"""Sends jsii requests without waiting for their replies, so that Node and Python work at the same time.

The bindings wait until Node has started, ask it to load packages, and wait for replies that Python doesn't
need. Here the greeting and these replies are read when the first other request is made. And Node loads each
resource while Python imports it, instead of when the first one is made.
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
# Reading this constant, which each resource has, makes Node load the resource and nothing else.
_CONSTANT = "tfResourceType"


class _Pipe(Protocol):
    def write(self, data: bytes, /) -> int: ...
    def flush(self) -> None: ...


class _Child(Protocol):
    stdin: _Pipe


class _Node(Protocol):
    """The part of jsii's private class for the Node process that is used here."""

    _process: _Child

    def _next_message(self) -> Mapping[str, object]: ...


_ReadReply = Callable[["_Node"], None]

# The readers of the replies that are still to come, in their order.
_PENDING: list[_ReadReply] = []


def install() -> None:
    """Send load requests without waiting, and load each resource when Python imports it."""
    node = jsii_process._NodeProcess  # noqa: SLF001  # jsii has no public hook
    send: Callable[..., object] = node.send
    read_greeting: Callable[..., None] = node.handshake
    register: Callable[[type[object]], None] = _reference_map.register_type
    if hasattr(send, "__wrapped__"):
        return

    @functools.wraps(send)
    def send_or_defer(self: _Node, request: object, response_type: type[object]) -> object:
        if isinstance(request, LoadRequest):
            message = {"name": request.name, "version": request.version, "tarball": request.tarball}
            _send_async(self, {"api": "load", **message}, functools.partial(_require_loaded, request.name))
            return LoadResponse(assembly=request.name, types=0)
        while _PENDING:
            _PENDING.pop(0)(self)
        return send(self, request, response_type)

    @functools.wraps(register)
    def register_and_load(kind: type[object]) -> None:
        register(kind)
        name = getattr(kind, "__jsii_type__", "")
        # Only while replies are pending: later, a program may be in the middle of another request.
        if _PENDING and name.startswith(_PROVIDER) and "TF_RESOURCE_TYPE" in vars(kind):
            request = {"api": "sget", "fqn": name, "property": _CONSTANT}
            _send_async(kernel.provider._process, request, _discard)  # type: ignore[attr-defined]  # noqa: SLF001

    # By `setattr`, since mypy refuses the assignments.
    setattr(node, "handshake", lambda _: _PENDING.append(read_greeting))  # noqa: B010
    setattr(node, "send", send_or_defer)  # noqa: B010
    setattr(_reference_map, "register_type", register_and_load)  # noqa: B010


def _send_async(node: _Node, message: Mapping[str, str], read_reply: _ReadReply) -> None:
    _PENDING.append(read_reply)
    pipe = node._process.stdin  # noqa: SLF001
    pipe.write(json.dumps(message).encode() + b"\n")
    pipe.flush()


def _require_loaded(package: str, node: _Node) -> None:
    reply = node._next_message()  # noqa: SLF001
    if "ok" not in reply:
        raise JSIIError(f"{package} could not be loaded: {reply.get('error')}")


def _discard(node: _Node) -> None:
    node._next_message()  # noqa: SLF001
