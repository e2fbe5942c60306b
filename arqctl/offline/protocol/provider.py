"""The provider interface that the server calls, in Python types."""

from dataclasses import dataclass
from typing import Protocol

from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.schema.model import Block
from arqctl.offline.values import Path, Value


@dataclass(frozen=True, slots=True)
class PlanResult:
    """The planned state, with unknowns.

    `requires_replace` are the arguments that can't be updated in place. `private` is passed to the apply of
    this plan.
    """

    state: Value
    requires_replace: tuple[Path, ...] = ()
    private: bytes = b""
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """The state after the change, or a partial state if a diagnostic reports a failure.

    `private` is stored beside the state and passed to every later call.
    """

    state: Value
    private: bytes = b""
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A resource's state and private data, or a data source's state. None means that it does not exist."""

    state: Value
    private: bytes = b""
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredState:
    """A resource's state from the state file, possibly of an earlier schema version or another type.

    So attributes may be missing or unknown to the schema. `provider` is set only when the resource moves.
    """

    type: str
    version: int
    state: Value
    private: bytes = b""
    provider: str = ""


class Provider(Protocol):
    """A provider as the server calls it.

    Several threads call at once, by default ten. Terraform validates and upgrades state before `configure`,
    and plans, reads and applies only after it.

    A state, configuration or proposal has every attribute and block of its type, or is None: the prior on
    create; the planned, proposed and configuration on destroy. Each call has its own objects, which may be
    changed in place. An exception becomes a diagnostic that blames the offline provider.
    """

    def schema_response(self) -> bytes:
        """Return the encoded response to GetProviderSchema."""
        ...

    def configuration_schema(self) -> Block:
        """Return the provider block's schema."""
        ...

    def resource_schema(self, type_name: str) -> Block:
        """Return a resource type's schema. Raises KeyError for an unknown type."""
        ...

    def data_source_schema(self, type_name: str) -> Block:
        """Return a data source's schema. Raises KeyError for an unknown type."""
        ...

    def validate_configuration(self, config: Value) -> tuple[Diagnostic, ...]:
        """Return the problems of the provider block's known arguments."""
        ...

    def validate_resource(self, type_name: str, config: Value) -> tuple[Diagnostic, ...]:
        """Return the problems of a resource's known arguments."""
        ...

    def validate_data_source(self, type_name: str, config: Value) -> tuple[Diagnostic, ...]:
        """Return the problems of a data source's known arguments."""
        ...

    def configure(self, config: Value) -> tuple[Diagnostic, ...]:
        """Configure the provider. Called once; in a plan, parts of the provider block may be unknown."""
        ...

    def upgrade(self, type_name: str, stored: StoredState) -> ReadResult:
        """Upgrade a resource's state to the current schema."""
        ...

    def move(self, type_name: str, stored: StoredState) -> ReadResult:
        """Convert the state of a resource that a `moved` block turns into a `type_name`."""
        ...

    def read_resource(self, type_name: str, state: Value, private: bytes) -> ReadResult:
        """Return a resource's current state."""
        ...

    def plan(
        self, type_name: str, *, prior: Value, proposed: Value, config: Value, private: bytes
    ) -> PlanResult:
        """Plan a resource's change."""
        ...

    def apply(
        self, type_name: str, *, prior: Value, planned: Value, config: Value, private: bytes
    ) -> ApplyResult:
        """Create, update or delete a resource as planned."""
        ...

    def import_resource(self, type_name: str, id: str) -> ReadResult:
        """Return a partial state of the resource with this id, sufficient for `read_resource`."""
        ...

    def read_data_source(self, type_name: str, config: Value) -> ReadResult:
        """Return a data source's arguments and the attributes that it found."""
        ...
