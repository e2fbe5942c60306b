"""The generated messages are those of the .proto, and every call of it is answered."""

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
    """Compared by meaning: the generator that is installed may be newer, and word its code differently."""
    declared = _generate(tmp_path)
    generated = FileDescriptorProto.FromString(pb.DESCRIPTOR.serialized_pb)
    for each in (declared, generated):
        _forget_spellings(each)
    assert declared == generated
    typed = Path(_PROTO).with_name("tfplugin6_pb2.pyi")
    assert _declarations(tmp_path / typed) == _declarations(_ROOT / typed)


def _declarations(typed: Path) -> list[str]:
    """Classes and fields; how constructors are written depends on the generator."""
    return [
        line for line in typed.read_text().splitlines() if "__init__" not in line and "import" not in line
    ]


def _forget_spellings(file: FileDescriptorProto) -> None:
    """A field's name in JSON, which only some generators write out."""
    messages = list(file.message_type)
    while messages:
        message = messages.pop()
        messages += message.nested_type
        for field in message.field:
            field.ClearField("json_name")


def test_every_call_is_answered() -> None:
    declared = {method.name for method in pb.DESCRIPTOR.services_by_name["Provider"].methods}
    assert set(ProviderService(TinyProvider()).calls) == declared
