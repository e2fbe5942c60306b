"""The generated messages match the .proto file, and the service implements all its calls."""

import subprocess
import sys
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from arqctl.offline.protocol.service import ProviderService
from arqctl.offline.wire import tfplugin6_pb2 as pb
from tests.arqctl.offline.tiny_provider import TinyProvider

_ROOT = Path(__file__).parents[3]
_PROTO = "arqctl/offline/wire/tfplugin6.proto"


def _generate(folder: Path) -> FileDescriptorProto:
    subprocess.run(
        [
            *(sys.executable, "-m", "grpc_tools.protoc", "-I."),
            *(f"--pyi_out={folder}", f"--descriptor_set_out={folder / 'messages'}", _PROTO),
        ],
        cwd=_ROOT,
        check=True,
    )
    return FileDescriptorSet.FromString((folder / "messages").read_bytes()).file[0]


def test_generated_messages_match_the_proto(tmp_path: Path) -> None:
    """Compare descriptors, because a newer generator can write different code."""
    declared = _generate(tmp_path)
    generated = FileDescriptorProto.FromString(pb.DESCRIPTOR.serialized_pb)
    for each in (declared, generated):
        _clear_json_names(each)
    assert declared == generated
    stub = Path(_PROTO).with_name("tfplugin6_pb2.pyi")
    assert _declarations(tmp_path / stub) == _declarations(_ROOT / stub)


def _declarations(stub: Path) -> list[str]:
    """Return classes and fields without constructors, which depend on the generator."""
    return [line for line in stub.read_text().splitlines() if "__init__" not in line and "import" not in line]


def _clear_json_names(file: FileDescriptorProto) -> None:
    """Remove the fields' JSON names, which only some generators write."""
    messages = list(file.message_type)
    while messages:
        message = messages.pop()
        messages += message.nested_type
        for field in message.field:
            field.ClearField("json_name")


def test_every_call_is_implemented() -> None:
    declared = {method.name for method in pb.DESCRIPTOR.services_by_name["Provider"].methods}
    assert set(ProviderService(TinyProvider()).calls) == declared
