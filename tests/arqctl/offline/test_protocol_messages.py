"""Conversion of values, diagnostics and paths to messages."""

from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.protocol.messages import MessageConverter
from arqctl.offline.schema.model import Attribute, Block, NestedBlock, Nesting
from arqctl.offline.types import STRING, Collection
from arqctl.offline.values import Path, Value
from arqctl.offline.wire import tfplugin6_pb2 as pb

_INNER = Block({"name": Attribute("name", STRING, required=True)})
_CONVERTER = MessageConverter(
    Block(
        {"tags": Attribute("tags", Collection("map", STRING), optional=True)},
        {
            "one": NestedBlock("one", Nesting.SINGLE, _INNER),
            "many": NestedBlock("many", Nesting.LIST, _INNER),
            "any": NestedBlock("any", Nesting.SET, _INNER),
        },
    )
)


def _steps(*path: str | int) -> list[tuple[str, str | int]]:
    (message,) = _CONVERTER.paths([path])
    found: list[tuple[str, str | int]] = []
    for step in message.steps:
        kind = step.WhichOneof("selector")
        assert kind is not None
        found.append((kind, getattr(step, kind)))
    return found


def test_the_kind_of_a_step_depends_on_the_type() -> None:
    assert _steps("tags", "name") == [("attribute_name", "tags"), ("element_key_string", "name")]
    assert _steps("one", "name") == [("attribute_name", "one"), ("attribute_name", "name")]
    assert _steps("many", 1, "name") == [
        ("attribute_name", "many"),
        ("element_key_int", 1),
        ("attribute_name", "name"),
    ]


def test_a_path_ends_at_a_set_and_before_an_invalid_step() -> None:
    assert _steps("any", 0, "name") == [("attribute_name", "any")]
    assert _steps("many", "name") == [("attribute_name", "many")]
    assert _steps("nowhere") == []


def test_a_diagnostic_is_converted_completely() -> None:
    path: Path = ("tags", "name")
    (message,) = _CONVERTER.diagnostics([Diagnostic("Too long", "It has 300.", path, is_warning=True)])
    assert (message.summary, message.detail) == ("Too long", "It has 300.")
    assert message.severity == pb.Diagnostic.WARNING
    assert len(message.attribute.steps) == 2


def test_a_value_can_be_json_or_absent() -> None:
    value: Value = {"tags": {"a": "b"}, "one": None, "many": [], "any": []}
    assert _CONVERTER.read(_CONVERTER.write(value)) == value
    assert _CONVERTER.read(pb.DynamicValue(json=b'{"tags":{"a":"b"}}')) == {"tags": {"a": "b"}}
    assert _CONVERTER.read(pb.DynamicValue()) is None
    assert _CONVERTER.read(_CONVERTER.write(None)) is None
