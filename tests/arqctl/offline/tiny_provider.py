"""A minimal provider for protocol tests, which Terraform runs."""
# ruff: noqa: ARG002 - the protocol defines the parameters

import os
import time
from pathlib import Path

from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.protocol.provider import ApplyResult, PlanResult, ReadResult, StoredState
from arqctl.offline.protocol.serve import serve
from arqctl.offline.schema.model import Attribute, Block, NestedBlock, Nesting
from arqctl.offline.types import DYNAMIC, NUMBER, STRING, Collection
from arqctl.offline.values import Unknown, Value, is_known
from arqctl.offline.wire import tfplugin6_pb2 as pb
from arqctl.offline.wire.type_json import type_bytes


def _block(*attributes: Attribute, blocks: dict[str, NestedBlock] | None = None) -> Block:
    return Block({each.name: each for each in attributes}, blocks or {})


_ID = Attribute("id", STRING, computed=True)
_RULE = _block(
    Attribute("port", NUMBER, required=True), Attribute("ports", Collection("list", NUMBER), optional=True)
)

RESOURCES = {
    "tiny_network": _block(
        _ID,
        Attribute("name", STRING, required=True),
        Attribute("size", NUMBER, optional=True),
        Attribute("names", Collection("set", STRING), optional=True),
        Attribute("tags", Collection("map", STRING), optional=True),
        Attribute("anything", DYNAMIC, optional=True),
        blocks={"rule": NestedBlock("rule", Nesting.SET, _RULE)},
    ),
    "tiny_subnet": _block(
        _ID,
        Attribute("network_id", STRING, required=True),
    ),
}
DATA_SOURCES = {"tiny_region": _block(_ID, Attribute("name", STRING, optional=True))}
CONFIGURATION = _block(Attribute("region", STRING, optional=True))

# Applying a network of this size fails.
FAILING_SIZE = 13


class TinyProvider:
    """Has no storage: Terraform's state is the only record."""

    def schema_response(self) -> bytes:
        return pb.GetProviderSchema.Response(
            provider=pb.Schema(block=encoded(CONFIGURATION)),
            resource_schemas={name: pb.Schema(block=encoded(each)) for name, each in RESOURCES.items()},
            data_source_schemas={name: pb.Schema(block=encoded(each)) for name, each in DATA_SOURCES.items()},
            server_capabilities=pb.ServerCapabilities(
                get_provider_schema_optional=True, move_resource_state=True
            ),
        ).SerializeToString()

    def configuration_schema(self) -> Block:
        return CONFIGURATION

    def resource_schema(self, type_name: str) -> Block:
        return RESOURCES[type_name]

    def data_source_schema(self, type_name: str) -> Block:
        return DATA_SOURCES[type_name]

    def validate_configuration(self, config: Value) -> tuple[Diagnostic, ...]:
        return ()

    def validate_resource(self, type_name: str, config: Value) -> tuple[Diagnostic, ...]:
        assert isinstance(config, dict)
        print("to stdout, as a library may do")
        match config.get("name"):
            case "bug":
                raise RuntimeError("simulated bug")
            case "invalid":
                return (Diagnostic("Invalid name", 'It is "invalid".', ("name",)),)
            case "kill":
                os.kill(os.getpid(), 9)
        return ()

    def validate_data_source(self, type_name: str, config: Value) -> tuple[Diagnostic, ...]:
        return ()

    def configure(self, config: Value) -> tuple[Diagnostic, ...]:
        return ()

    def upgrade(self, type_name: str, stored: StoredState) -> ReadResult:
        return ReadResult(stored.state)

    def move(self, type_name: str, stored: StoredState) -> ReadResult:
        assert isinstance(stored.state, dict)
        return ReadResult({"id": stored.state["id"], "network_id": stored.state["name"]})

    def read_resource(self, type_name: str, state: Value, private: bytes) -> ReadResult:
        assert isinstance(state, dict)
        return ReadResult(
            state | {"name": state.get("name") or "imported"} if "name" in state else state, private
        )

    def plan(
        self, type_name: str, *, prior: Value, proposed: Value, config: Value, private: bytes
    ) -> PlanResult:
        if not isinstance(proposed, dict):
            return PlanResult(None)
        if isinstance(prior, dict):
            renamed = prior.get("name") != proposed.get("name")
            return PlanResult(proposed, (("name",),) if renamed else (), private)
        diagnostics: tuple[Diagnostic, ...] = ()
        network = proposed.get("network_id")
        if isinstance(network, Unknown):
            diagnostics = (
                Diagnostic("Known after apply", f"It begins with {network.prefix!r}.", is_warning=True),
            )
        id_ = Unknown("net-" if type_name == "tiny_network" else "sub-")
        return PlanResult(proposed | {"id": id_}, private=b"planned", diagnostics=diagnostics)

    def apply(
        self, type_name: str, *, prior: Value, planned: Value, config: Value, private: bytes
    ) -> ApplyResult:
        if not isinstance(planned, dict):
            return ApplyResult(None)
        if planned.get("size") == FAILING_SIZE:
            raise RuntimeError("simulated bug")
        if planned.get("name") == "slow":
            Path("applying").write_text(str(os.getpid()))
            time.sleep(0.5)
        id_ = planned["id"]
        new = id_.prefix + "1" if isinstance(id_, Unknown) else id_
        return ApplyResult(planned | {"id": new}, b"applied")

    def import_resource(self, type_name: str, id: str) -> ReadResult:
        if id == "nowhere":
            return ReadResult(None, diagnostics=(Diagnostic("Not found", "There is no such network."),))
        unset = dict.fromkeys(RESOURCES[type_name].attributes)
        return ReadResult({**unset, "rule": [], "id": id})

    def read_data_source(self, type_name: str, config: Value) -> ReadResult:
        assert isinstance(config, dict)
        assert is_known(config)
        return ReadResult(config | {"id": "region-1"})


def encoded(block: Block) -> pb.Schema.Block:
    return pb.Schema.Block(
        attributes=[
            pb.Schema.Attribute(
                name=each.name,
                type=type_bytes(each.type),
                required=each.required,
                optional=each.optional,
                computed=each.computed,
            )
            for each in block.attributes.values()
        ],
        block_types=[
            pb.Schema.NestedBlock(
                type_name=name, block=encoded(each.block), nesting=pb.Schema.NestedBlock.SET
            )
            for name, each in block.blocks.items()
        ],
    )


if __name__ == "__main__":
    os._exit(serve(TinyProvider))
