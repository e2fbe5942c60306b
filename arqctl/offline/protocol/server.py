"""A gRPC server over a provider, with what Terraform's plugin system has beside the provider."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import grpc

from arqctl.offline.protocol.provider import Provider
from arqctl.offline.protocol.service import Call, ProviderService

# Terraform makes ten calls at a time unless told otherwise; Python runs one, so more threads gain nothing.
_THREADS = 10
# The schema of a large provider is beyond gRPC's own limit of 4 MB. Terraform takes this much.
_LONGEST_MESSAGE = 256 << 20
_OPTIONS = (
    ("grpc.max_send_message_length", _LONGEST_MESSAGE),
    ("grpc.max_receive_message_length", _LONGEST_MESSAGE),
)
_Handler: TypeAlias = "grpc.RpcMethodHandler[bytes, bytes]"
"""Has parameters only for those who check types."""

_SERVING = b"\x08\x01"
"""The health service's answer: field 1, value SERVING."""


def make_server(provider: Provider, on_shutdown: Callable[[], None]) -> grpc.Server:
    """A server that isn't started, and has no port yet. `on_shutdown` is called when Terraform is done."""

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
    """What the provider prints: nothing, ever."""
    return iter(())
