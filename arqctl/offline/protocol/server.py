"""A gRPC server for a provider and the other services of Terraform's plugin system."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import grpc

from arqctl.offline.protocol.provider import Provider
from arqctl.offline.protocol.service import Call, ProviderService

# Terraform makes ten calls at once by default. Python runs one at a time, so more threads gain nothing.
_THREADS = 10
# The schema of a large provider exceeds gRPC's default limit of 4 MB. Terraform accepts this size.
_MAX_MESSAGE_BYTES = 256 << 20
_OPTIONS = (
    ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
)
_Handler: TypeAlias = "grpc.RpcMethodHandler[bytes, bytes]"
"""Generic only in the type stubs, so the annotation is a string."""

_SERVING = b"\x08\x01"
"""The health service's response: field 1, value SERVING."""


def make_server(provider: Provider, on_shutdown: Callable[[], None]) -> grpc.Server:
    """Return a server without a port, not started. It calls `on_shutdown` when Terraform is done."""

    def shut_down(_: bytes) -> bytes:
        on_shutdown()
        return b""

    server = grpc.server(ThreadPoolExecutor(_THREADS), options=_OPTIONS)
    server.add_generic_rpc_handlers(
        (
            _service("tfplugin6.Provider", _unary(ProviderService(provider).calls)),
            _service("plugin.GRPCController", _unary({"Shutdown": shut_down})),
            _service("plugin.GRPCStdio", {"StreamStdio": grpc.unary_stream_rpc_method_handler(_no_output)}),
            _service("grpc.health.v1.Health", _unary({"Check": lambda _: _SERVING})),
        )
    )
    return server


def _service(name: str, handlers: dict[str, _Handler]) -> grpc.GenericRpcHandler:
    return grpc.method_handlers_generic_handler(name, handlers)


def _unary(calls: Mapping[str, Call]) -> dict[str, _Handler]:
    return {name: grpc.unary_unary_rpc_method_handler(_without_context(call)) for name, call in calls.items()}


def _without_context(call: Call) -> Callable[[bytes, grpc.ServicerContext], bytes]:
    return lambda request, _context: call(request)


def _no_output(_request: bytes, _context: grpc.ServicerContext) -> Iterator[bytes]:
    """Return an empty stream: the provider prints nothing for Terraform."""
    return iter(())
