"""A provider with schemas and no checks, for `terraform validate`."""
# ruff: noqa: ARG002 - the protocol defines the parameters

import os
import sys

from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.protocol.provider import Provider
from arqctl.offline.protocol.serve import serve
from arqctl.offline.schema.model import Block
from arqctl.offline.schema.schemas import Schemas
from arqctl.offline.values import Value


class SchemaOnlyProvider:
    """Implements only the calls of `terraform validate`."""

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
    return SchemaOnlyProvider(sys.argv[1])  # type: ignore[return-value]  # validation calls nothing else


if __name__ == "__main__":
    os._exit(serve(_make))
