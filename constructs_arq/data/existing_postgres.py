"""A PostgreSQL database that already exists."""

from typing import Annotated, Final, Self

from constructs import Construct
from pydantic import Field, model_validator

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import logical_name
from constructs_arq.core.values import SecurityGroupId, literal_identifier, resource_identifier
from constructs_arq.data.iam_login import grant_iam_login
from constructs_arq.data.instance_class import InstanceClass
from constructs_arq.data.postgres_alarms import InstanceName, Storage, instance_alarms, wraparound_alarm
from constructs_arq.security.connections import Connections

_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_HOST_NAME = rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})+"
_RESOURCE_ID = r"(db|cluster)-[A-Z0-9]+|prx-[0-9a-f]+"


class PostgresAttributes(Config):
    """Attributes of an existing PostgreSQL database on RDS in the account and region of the stack."""

    identifier: Annotated[
        str,
        literal_identifier(
            r"(?=.{1,63}$)[a-z](-?[a-z0-9])*", kind="a literal DB instance identifier", example="ledger"
        ),
    ] = Field(description="DB instance identifier.")
    endpoint: Annotated[
        str,
        resource_identifier(_HOST_NAME, kind="a host name in lower case", example="ledger.example.com"),
    ] = Field(description="Host name of the instance or its proxy.")
    port: int = Field(ge=1, le=65_535, description="TCP port.")
    security_group_id: SecurityGroupId = Field(description="Security group of the instance or its proxy.")
    resource_id: Annotated[
        str,
        resource_identifier(_RESOURCE_ID, kind="an RDS resource id", example="db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ] = Field(description="Resource id of the instance or its proxy, for IAM login.")
    instance_class: InstanceClass | None = Field(default=None, description="Instance class, for alarms.")
    storage_gib: int | None = Field(default=None, ge=1, description="Allocated storage, for alarms.")

    @model_validator(mode="after")
    def _require_both_alarm_values(self) -> Self:
        if (self.instance_class is None) != (self.storage_gib is None):
            raise validation_error(
                f"alarms need both values, got instance_class {self.instance_class} and storage_gib "
                f"{self.storage_gib}",
                fix="Set instance_class and storage_gib, or remove both.",
            )
        return self


class ExistingPostgres(Construct):
    """An existing database for connections and grants. Terraform does not manage it.

    It has alarms if `instance_class` and `storage_gib` are known.
    """

    def __init__(self, scope: Construct, id: str, *, attributes: PostgresAttributes) -> None:
        super().__init__(scope, id)
        self.logical_name: Final = logical_name(self)
        self.identifier: Final = attributes.identifier
        self.endpoint: Final = attributes.endpoint
        self.port: Final = attributes.port
        self.connections: Final = Connections(
            self,
            "connections",
            security_group_id=attributes.security_group_id,
            logical_name=self.logical_name,
            listens_on=Port.tcp(attributes.port),
        )
        self._resource_id: Final = attributes.resource_id
        self.alarms: Final = _alarms(attributes)

    def grant_connect(self, grantee: Grantee, *, user: str) -> None:
        """Allow `grantee` to log in as the database user `user` with IAM. A connection is also needed."""
        grant_iam_login(self, grantee, name=self.logical_name, resource_id=self._resource_id, user=user)


def _alarms(attributes: PostgresAttributes) -> tuple[Alarm, ...]:
    if attributes.instance_class is None or attributes.storage_gib is None:
        return ()
    instance = InstanceName(attributes.identifier, ref=attributes.identifier)
    alarms = instance_alarms(
        instance, instance_class=attributes.instance_class, storage=Storage(attributes.storage_gib)
    )
    return (*alarms, wraparound_alarm(instance))
