"""What a provider answers, once the wire is taken care of, in Python's terms."""

from dataclasses import dataclass
from typing import Protocol

from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.schema.model import Block
from arqctl.offline.values import Path, Value


@dataclass(frozen=True, slots=True)
class PlanResult:
    """The state after the change, as far as it is known.

    `requires_replace` says what can't be changed in place. `private` comes back with the apply of this plan.
    """

    state: Value
    requires_replace: tuple[Path, ...] = ()
    private: bytes = b""
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """The state after the change, or how far it got, if a diagnostic says that it failed.

    `private` is stored beside the state, and comes back with every later call.
    """

    state: Value
    private: bytes = b""
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What there is: a resource's state and private data, a data source's state. A state of None: nothing."""

    state: Value
    private: bytes = b""
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredState:
    """A resource's state as the state file has it, perhaps of an earlier version or of another type.

    So it may lack attributes, and have others. `provider` is named only when the resource moves.
    """

    type: str
    version: int
    state: Value
    private: bytes = b""
    provider: str = ""


class Provider(Protocol):
    """What the server calls.

    Calls come from several threads at once, by default ten. Only `configure` is over before any resource or
    data source is planned, read or applied; validation comes before it, and state is upgraded before it.

    A state, a configuration and a proposal have every attribute and block of their type, or are None: prior
    on create; planned, proposed and configuration on destroy. They may be changed in place: each call has its
    own. An exception becomes a diagnostic that blames the stand-in.
    """

    def schema_response(self) -> bytes:
        """The whole answer to GetProviderSchema, encoded."""
        ...

    def configuration_schema(self) -> Block:
        """The provider block's schema."""
        ...

    def resource_schema(self, type_name: str) -> Block:
        """A resource type's schema; raises KeyError without one."""
        ...

    def data_source_schema(self, type_name: str) -> Block:
        """A data source's schema; raises KeyError without one."""
        ...

    def validate_configuration(self, config: Value) -> tuple[Diagnostic, ...]:
        """What is wrong with the provider block, as far as it is known."""
        ...

    def validate_resource(self, type_name: str, config: Value) -> tuple[Diagnostic, ...]:
        """What is wrong with a resource's arguments, as far as they are known."""
        ...

    def validate_data_source(self, type_name: str, config: Value) -> tuple[Diagnostic, ...]:
        """What is wrong with a data source's arguments, as far as they are known."""
        ...

    def configure(self, config: Value) -> tuple[Diagnostic, ...]:
        """Take the provider block; comes once. In a plan, part of it may be unknown."""
        ...

    def upgrade(self, type_name: str, stored: StoredState) -> ReadResult:
        """A resource's state, made to fit the present schema."""
        ...

    def move(self, type_name: str, stored: StoredState) -> ReadResult:
        """The state of a resource that a `moved` block makes one of `type_name`."""
        ...

    def read_resource(self, type_name: str, state: Value, private: bytes) -> ReadResult:
        """What there is of a resource now."""
        ...

    def plan(
        self, type_name: str, *, prior: Value, proposed: Value, config: Value, private: bytes
    ) -> PlanResult:
        """What applying would make of a resource."""
        ...

    def apply(
        self, type_name: str, *, prior: Value, planned: Value, config: Value, private: bytes
    ) -> ApplyResult:
        """Create, change or destroy a resource, as planned."""
        ...

    def import_resource(self, type_name: str, id: str) -> ReadResult:
        """The state of what exists under this id; only as far as `read_resource` needs to find the rest."""
        ...

    def read_data_source(self, type_name: str, config: Value) -> ReadResult:
        """A data source's arguments with what it found."""
        ...
