"""Settings of dumps and ledgers: environment variables, checked at once."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
_TABLE = re.compile(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*")


class SettingsError(Exception):
    """Environment variables are missing or invalid. The message lists all of them."""


class DatabaseSettings(BaseModel):
    """The connection to PostgreSQL. Without a password file, each connection uses a new IAM token."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    host: str = Field(validation_alias="DATABASE_HOST")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=5432, validation_alias="DATABASE_PORT")
    name: str = Field(default="app", validation_alias="DATABASE_NAME")
    user: str = Field(default="backup", validation_alias="DATABASE_USER")
    ca_file: Path = Field(validation_alias="DATABASE_CA_FILE")
    password_file: Path | None = Field(default=None, validation_alias="DATABASE_PASSWORD_FILE")
    region: Region = Field(validation_alias="AWS_REGION")
    snapshot_seconds: Annotated[int, Field(ge=1, le=86_400)] = Field(
        default=14_400, validation_alias="SNAPSHOT_SECONDS"
    )
    most_gib: Annotated[int, Field(ge=1)] = Field(default=268, validation_alias="MOST_DATABASE_GIB")


class StoreSettings(BaseModel):
    """The bucket."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    bucket: str = Field(validation_alias="DUMPS_BUCKET")
    region: Region = Field(validation_alias="AWS_REGION")


class TableSettings(BaseModel):
    """The tables that need more than a count of their rows.

    Rows of `append_only` tables never change, and each new one has a larger key than all before it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    migration_table: str = Field(default="api.migrations", validation_alias="MIGRATION_TABLE")
    append_only: tuple[str, ...] = Field(default=(), validation_alias="APPEND_ONLY_TABLES")

    @field_validator("append_only", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.split(",")) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _require_names(self) -> Self:
        wrong = [each for each in (self.migration_table, *self.append_only) if not _TABLE.fullmatch(each)]
        if wrong:
            raise ValueError(f"a table has a name such as api.entries, got {', '.join(wrong)}")
        return self


class ScratchSettings(BaseModel):
    """The folder for files of a dump and for the scratch server, and the number of parallel processes."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    folder: Path = Field(default=Path("/scratch"), validation_alias="SCRATCH_FOLDER")
    programs: Path = Field(default=Path("/usr/lib/postgresql/17/bin"), validation_alias="POSTGRES_PROGRAMS")
    jobs: Annotated[int, Field(ge=1, le=32)] = Field(default=2, validation_alias="DUMP_JOBS")


class LedgerSettings(BaseModel):
    """All settings of a ledger."""

    database: DatabaseSettings
    store: StoreSettings
    tables: TableSettings


class DumpSettings(BaseModel):
    """All settings of a dump."""

    database: DatabaseSettings
    store: StoreSettings
    scratch: ScratchSettings


_Model = TypeVar("_Model", bound=BaseModel)


def read_settings(model: type[_Model], environ: Mapping[str, str]) -> _Model:
    """Return the settings of a program. Empty variables count as missing.

    Raises:
        SettingsError: if variables are missing or invalid.
    """
    values = {name: value for name, value in environ.items() if value}
    try:
        return model.model_validate(dict.fromkeys(model.model_fields, values))
    except ValidationError as error:
        lines = sorted(
            {
                f"  {each['loc'][-1]} {'is missing' if each['type'] == 'missing' else each['msg']}"
                for each in error.errors(include_url=False)
            }
        )
    raise SettingsError("\n".join(["The environment variables are invalid:", *lines]))
