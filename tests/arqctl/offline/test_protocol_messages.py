"""Values, diagnostics and paths as messages."""

from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.protocol.messages import MessageConverter
from arqctl.offline.schema.model import Attribute, Block, NestedBlock, Nesting
from arqctl.offline.types import STRING, Collection
from arqctl.offline.values import Path, Value
from arqctl.offline.wire import tfplugin6_pb2 as pb

_INNER = Block({"name": Attribute("name", STRING, required=True)})
_WIRE = MessageConverter(
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
    (message,) = _WIRE.paths([path])
    found: list[tuple[str, str | int]] = []
    for step in message.steps:
        kind = step.WhichOneof("selector")
        assert kind is not None
        found.append((kind, getattr(step, kind)))
    return found


def test_a_step_is_of_the_kind_that_its_type_asks_for() -> None:
    assert _steps("tags", "name") == [("attribute_name", "tags"), ("element_key_string", "name")]
    assert _steps("one", "name") == [("attribute_name", "one"), ("attribute_name", "name")]
    assert _steps("many", 1, "name") == [
        ("attribute_name", "many"),
        ("element_key_int", 1),
        ("attribute_name", "name"),
    ]


def test_a_path_ends_where_terraform_could_not_follow() -> None:
    assert _steps("any", 0, "name") == [("attribute_name", "any")]
    assert _steps("many", "name") == [("attribute_name", "many")]
    assert _steps("nowhere") == []


def test_a_diagnostic_keeps_all_it_says() -> None:
    path: Path = ("tags", "name")
    (message,) = _WIRE.diagnostics([Diagnostic("Too long", "It has 300.", path, is_warning=True)])
    assert (message.summary, message.detail) == ("Too long", "It has 300.")
    assert message.severity == pb.Diagnostic.WARNING
    assert len(message.attribute.steps) == 2


def test_a_value_may_come_as_json_or_not_at_all() -> None:
    value: Value = {"tags": {"a": "b"}, "one": None, "many": [], "any": []}
    assert _WIRE.read(_WIRE.write(value)) == value
    assert _WIRE.read(pb.DynamicValue(json=b'{"tags":{"a":"b"}}')) == {"tags": {"a": "b"}}
    assert _WIRE.read(pb.DynamicValue()) is None
    assert _WIRE.read(_WIRE.write(None)) is None
