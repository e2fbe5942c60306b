"""A provider that has a schema and finds nothing wrong, for Terraform to validate against."""
# ruff: noqa: ARG002 - what it is told is the protocol's matter

import os
import sys

from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.protocol.provider import Provider
from arqctl.offline.protocol.serve import serve
from arqctl.offline.schema.model import Block
from arqctl.offline.schema.schemas import Schemas
from arqctl.offline.values import Value


class SchemaProvider:
    """Takes no part but in validation."""

    def __init__(self, source: str) -> None:
        self._schemas = Schemas.of(source)

    def schema_response(self) -> bytes:
        return self._schemas.response

    def configuration_schema(self) -> Block:
        return self._schemas.configuration

    def resource_schema(self, type_name: str) -> Block:
        return self._schemas.resource(type_name)

    def data_source_schema(self, type_name: str) -> Block:
        return self._schemas.data_source(type_name)

    def validate_configuration(self, config: Value) -> tuple[Diagnostic, ...]:
        return ()

    def validate_resource(self, type_name: str, config: Value) -> tuple[Diagnostic, ...]:
        return ()

    def validate_data_source(self, type_name: str, config: Value) -> tuple[Diagnostic, ...]:
        return ()


def _make() -> Provider:
    return SchemaProvider(sys.argv[1])  # type: ignore[return-value]  # validation asks for nothing else


if __name__ == "__main__":
    os._exit(serve(_make))
