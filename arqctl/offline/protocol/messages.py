"""Converts one type's values, diagnostics and paths to and from protocol messages."""

from collections.abc import Iterable, Iterator

from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.schema.model import Block, type_of_block
from arqctl.offline.types import Collection, Object, Type
from arqctl.offline.values import Path, Value
from arqctl.offline.wire import tfplugin6_pb2 as pb
from arqctl.offline.wire.codec import Codec


class MessageConverter:
    """Converts between a provider's values of one type (or its own block) and messages."""

    def __init__(self, block: Block) -> None:
        self._type = type_of_block(block)
        self._codec = Codec(self._type)

    def read(self, value: pb.DynamicValue) -> Value:
        """Return the value in a message, or None for an empty one."""
        if value.msgpack:
            return self._codec.decode(value.msgpack)
        return self._codec.from_json(value.json) if value.json else None

    def read_stored(self, state: pb.RawState) -> Value:
        """Return the value of a state file without changes."""
        return self._codec.from_json(state.json)

    def write(self, value: Value) -> pb.DynamicValue:
        """Return the message with a value."""
        return pb.DynamicValue(msgpack=self._codec.encode(value))

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> Iterator[pb.Diagnostic]:
        """Yield the messages of diagnostics."""
        for each in diagnostics:
            severity = pb.Diagnostic.WARNING if each.is_warning else pb.Diagnostic.ERROR
            yield pb.Diagnostic(
                severity=severity,
                summary=each.summary,
                detail=each.detail,
                attribute=self._path(each.path),
            )

    def paths(self, paths: Iterable[Path]) -> Iterator[pb.AttributePath]:
        """Return the messages of paths."""
        return map(self._path, paths)

    def _path(self, path: Path) -> pb.AttributePath:
        return pb.AttributePath(steps=_steps(self._type, path))


def _steps(type: Type, path: Path) -> Iterator[pb.AttributePath.Step]:
    """Yield the valid steps of a path. Elements of sets have none, and Terraform rejects wrong steps."""
    for key in path:
        match type, key:
            case Object(attributes), str() if key in attributes:
                yield pb.AttributePath.Step(attribute_name=key)
                type = attributes[key]  # noqa: A001
            case Collection("map", element), str():
                yield pb.AttributePath.Step(element_key_string=key)
                type = element  # noqa: A001
            case Collection("list", element), int():
                yield pb.AttributePath.Step(element_key_int=key)
                type = element  # noqa: A001
            case _:
                return
