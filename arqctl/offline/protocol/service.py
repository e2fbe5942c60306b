"""Implements the calls of the protocol with a provider written in Python."""

import functools
import json
import logging
from collections.abc import Callable, Mapping
from decimal import Decimal

from google.protobuf.message import Message

from arqctl.offline.protocol.messages import MessageConverter
from arqctl.offline.protocol.provider import Provider, StoredState
from arqctl.offline.wire import tfplugin6_pb2 as pb

_LOG = logging.getLogger(__name__)

Call = Callable[[bytes], bytes]


class ProviderService:
    """Handles each call with a provider: encoded request to encoded response.

    An exception becomes a diagnostic that blames the offline provider; the traceback is only logged.
    """

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._configuration = functools.cache(lambda: MessageConverter(provider.configuration_schema()))
        self._resource = functools.cache(lambda name: MessageConverter(provider.resource_schema(name)))
        self._data_source = functools.cache(lambda name: MessageConverter(provider.data_source_schema(name)))

    @functools.cached_property
    def calls(self) -> Mapping[str, Call]:
        """All calls, by their name in the protocol."""
        return {
            "GetProviderSchema": _report_faults(
                pb.GetProviderSchema, lambda _: self._provider.schema_response()
            ),
            "GetResourceIdentitySchemas": _empty_response,
            "GetFunctions": _empty_response,
            "StopProvider": _empty_response,
            "ValidateProviderConfig": _call(pb.ValidateProviderConfig, self._validate_provider),
            "ValidateResourceConfig": _call(pb.ValidateResourceConfig, self._validate_resource),
            "ValidateDataResourceConfig": _call(pb.ValidateDataResourceConfig, self._validate_data_source),
            "ConfigureProvider": _call(pb.ConfigureProvider, self._configure),
            "UpgradeResourceState": _call(pb.UpgradeResourceState, self._upgrade),
            "MoveResourceState": _call(pb.MoveResourceState, self._move),
            "ReadResource": _call(pb.ReadResource, self._read_resource),
            "PlanResourceChange": _call(pb.PlanResourceChange, self._plan),
            "ApplyResourceChange": _call(pb.ApplyResourceChange, self._apply),
            "ImportResourceState": _call(pb.ImportResourceState, self._import),
            "ReadDataSource": _call(pb.ReadDataSource, self._read_data_source),
        }

    def _validate_provider(self, request: pb.ValidateProviderConfig.Request) -> Message:
        wire = self._configuration()
        found = self._provider.validate_configuration(wire.read(request.config))
        return pb.ValidateProviderConfig.Response(diagnostics=wire.diagnostics(found))

    def _validate_resource(self, request: pb.ValidateResourceConfig.Request) -> Message:
        wire = self._resource(request.type_name)
        found = self._provider.validate_resource(request.type_name, wire.read(request.config))
        return pb.ValidateResourceConfig.Response(diagnostics=wire.diagnostics(found))

    def _validate_data_source(self, request: pb.ValidateDataResourceConfig.Request) -> Message:
        wire = self._data_source(request.type_name)
        found = self._provider.validate_data_source(request.type_name, wire.read(request.config))
        return pb.ValidateDataResourceConfig.Response(diagnostics=wire.diagnostics(found))

    def _configure(self, request: pb.ConfigureProvider.Request) -> Message:
        wire = self._configuration()
        found = self._provider.configure(wire.read(request.config))
        return pb.ConfigureProvider.Response(diagnostics=wire.diagnostics(found))

    def _upgrade(self, request: pb.UpgradeResourceState.Request) -> Message:
        wire = self._resource(request.type_name)
        stored = StoredState(request.type_name, request.version, wire.read_stored(request.raw_state))
        found = self._provider.upgrade(request.type_name, stored)
        return pb.UpgradeResourceState.Response(
            upgraded_state=wire.write(found.state), diagnostics=wire.diagnostics(found.diagnostics)
        )

    def _move(self, request: pb.MoveResourceState.Request) -> Message:
        wire = self._resource(request.target_type_name)
        stored = StoredState(
            request.source_type_name,
            request.source_schema_version,
            json.loads(request.source_state.json, parse_float=Decimal),
            request.source_private,
            request.source_provider_address,
        )
        found = self._provider.move(request.target_type_name, stored)
        return pb.MoveResourceState.Response(
            target_state=wire.write(found.state),
            target_private=found.private,
            diagnostics=wire.diagnostics(found.diagnostics),
        )

    def _read_resource(self, request: pb.ReadResource.Request) -> Message:
        wire = self._resource(request.type_name)
        state = wire.read(request.current_state)
        found = self._provider.read_resource(request.type_name, state, request.private)
        return pb.ReadResource.Response(
            new_state=wire.write(found.state),
            private=found.private,
            diagnostics=wire.diagnostics(found.diagnostics),
        )

    def _plan(self, request: pb.PlanResourceChange.Request) -> Message:
        wire = self._resource(request.type_name)
        planned = self._provider.plan(
            request.type_name,
            prior=wire.read(request.prior_state),
            proposed=wire.read(request.proposed_new_state),
            config=wire.read(request.config),
            private=request.prior_private,
        )
        return pb.PlanResourceChange.Response(
            planned_state=wire.write(planned.state),
            requires_replace=wire.paths(planned.requires_replace),
            planned_private=planned.private,
            diagnostics=wire.diagnostics(planned.diagnostics),
        )

    def _apply(self, request: pb.ApplyResourceChange.Request) -> Message:
        wire = self._resource(request.type_name)
        applied = self._provider.apply(
            request.type_name,
            prior=wire.read(request.prior_state),
            planned=wire.read(request.planned_state),
            config=wire.read(request.config),
            private=request.planned_private,
        )
        return pb.ApplyResourceChange.Response(
            new_state=wire.write(applied.state),
            private=applied.private,
            diagnostics=wire.diagnostics(applied.diagnostics),
        )

    def _import(self, request: pb.ImportResourceState.Request) -> Message:
        wire = self._resource(request.type_name)
        found = self._provider.import_resource(request.type_name, request.id)
        imported = pb.ImportResourceState.ImportedResource(
            type_name=request.type_name, state=wire.write(found.state), private=found.private
        )
        return pb.ImportResourceState.Response(
            imported_resources=[imported] if found.state is not None else [],
            diagnostics=wire.diagnostics(found.diagnostics),
        )

    def _read_data_source(self, request: pb.ReadDataSource.Request) -> Message:
        wire = self._data_source(request.type_name)
        found = self._provider.read_data_source(request.type_name, wire.read(request.config))
        return pb.ReadDataSource.Response(
            state=wire.write(found.state), diagnostics=wire.diagnostics(found.diagnostics)
        )


def _empty_response(_: bytes) -> bytes:
    """Return the encoding of a message without fields."""
    return b""


def _call(messages: type[Message], answer: Callable[..., Message]) -> Call:
    """Return a call that decodes the request and encodes the response declared in `messages`."""
    request: type[Message] = vars(messages)["Request"]
    return _report_faults(messages, lambda data: answer(request.FromString(data)).SerializeToString())


def _report_faults(messages: type[Message], call: Call) -> Call:
    """Return a call that responds with a diagnostic if it raises an exception."""
    response: type[Message] = vars(messages)["Response"]
    name = messages.DESCRIPTOR.name

    def handle(data: bytes) -> bytes:
        try:
            return call(data)
        except Exception as error:  # noqa: BLE001 - a fault must not end the process or stay unreported
            _LOG.exception("%s failed", name)
            return response(diagnostics=[_fault(name, error)]).SerializeToString()

    return handle


def _fault(call: str, error: Exception) -> pb.Diagnostic:
    detail = (
        f"The offline provider failed in {call}: {type(error).__name__}: {error}. This is a bug "
        "in the provider, not an error in your configuration. Run with TF_LOG_PROVIDER=ERROR for the "
        "traceback, and report it"
    )
    return pb.Diagnostic(severity=pb.Diagnostic.ERROR, summary="Bug in the offline provider", detail=detail)
