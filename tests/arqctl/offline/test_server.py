"""The gRPC server, called as Terraform's plugin system calls it."""

import threading
from collections.abc import Iterator

import grpc
import pytest

from arqctl.offline.protocol.provider import ReadResult
from arqctl.offline.protocol.server import make_server
from arqctl.offline.protocol.service import ProviderService
from arqctl.offline.schema.model import type_of_block
from arqctl.offline.values import Value
from arqctl.offline.wire import tfplugin6_pb2 as pb
from arqctl.offline.wire.codec import Codec
from tests.arqctl.offline.tiny_provider import DATA_SOURCES, TinyProvider

_LARGE = 20_000_000


class _WaitingProvider(TinyProvider):
    """Reads of its data source wait until ten run at once."""

    def __init__(self) -> None:
        self.barrier = threading.Barrier(10)

    def schema_response(self) -> bytes:
        return b"\x00" * _LARGE

    def read_data_source(self, type_name: str, config: Value) -> ReadResult:  # noqa: ARG002 - it has one type
        self.barrier.wait(10)
        return ReadResult(config)


@pytest.fixture
def shutdown() -> threading.Event:
    return threading.Event()


@pytest.fixture
def channel(tmp_path_factory: pytest.TempPathFactory, shutdown: threading.Event) -> Iterator[grpc.Channel]:
    server = make_server(_WaitingProvider(), on_shutdown=shutdown.set)
    address = f"unix:{tmp_path_factory.mktemp('s') / 's'}"
    server.add_insecure_port(address)
    server.start()
    with grpc.insecure_channel(address, [("grpc.max_receive_message_length", 2 * _LARGE)]) as client:
        yield client
    server.stop(None).wait()


def _unary(channel: grpc.Channel, call: str) -> "grpc.UnaryUnaryMultiCallable[bytes, bytes]":
    return channel.unary_unary(call)


def test_a_schema_of_any_size_passes(channel: grpc.Channel) -> None:
    assert len(_unary(channel, "/tfplugin6.Provider/GetProviderSchema")(b"")) == _LARGE


def test_a_configuration_of_any_size_passes(channel: grpc.Channel) -> None:
    config = Codec(type_of_block(DATA_SOURCES["tiny_region"])).encode({"id": None, "name": "x" * _LARGE})
    message = pb.ValidateDataResourceConfig.Request(
        type_name="tiny_region", config=pb.DynamicValue(msgpack=config)
    )
    call = _unary(channel, "/tfplugin6.Provider/ValidateDataResourceConfig")
    assert call(message.SerializeToString()) == b""


def test_ten_calls_run_at_once(channel: grpc.Channel) -> None:
    message = pb.ReadDataSource.Request(type_name="tiny_region").SerializeToString()
    call = _unary(channel, "/tfplugin6.Provider/ReadDataSource")
    for each in [call.future(message) for _ in range(10)]:
        assert not pb.ReadDataSource.Response.FromString(each.result(20)).diagnostics


def test_an_unsupported_call_is_unimplemented(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as error:
        _unary(channel, "/tfplugin6.Provider/OpenEphemeralResource")(b"")
    assert error.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_calls_of_the_plugin_system_are_answered(channel: grpc.Channel, shutdown: threading.Event) -> None:
    assert _unary(channel, "/grpc.health.v1.Health/Check")(b"") == b"\x08\x01"
    output: grpc.UnaryStreamMultiCallable[bytes, bytes] = channel.unary_stream(
        "/plugin.GRPCStdio/StreamStdio"
    )
    assert list(output(b"")) == []
    assert not shutdown.is_set()
    _unary(channel, "/plugin.GRPCController/Shutdown")(b"")
    assert shutdown.is_set()


def test_an_exception_in_the_schema_is_a_diagnostic() -> None:
    class Broken(TinyProvider):
        def schema_response(self) -> bytes:
            raise OSError("no such file")

    answer = ProviderService(Broken()).calls["GetProviderSchema"](b"")
    (diagnostic,) = pb.GetProviderSchema.Response.FromString(answer).diagnostics
    assert "OSError: no such file" in diagnostic.detail


@pytest.mark.parametrize("call", ["ValidateResourceConfig", "PlanResourceChange", "ApplyResourceChange"])
def test_an_unknown_type_is_a_diagnostic(channel: grpc.Channel, call: str) -> None:
    message = getattr(pb, call)
    request = message.Request(type_name="tiny_nothing")
    answer = _unary(channel, f"/tfplugin6.Provider/{call}")(request.SerializeToString())
    (diagnostic,) = message.Response.FromString(answer).diagnostics
    assert "KeyError: 'tiny_nothing'" in diagnostic.detail
