"""Settings of the API: environment variables, checked at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

Port = Annotated[int, Field(ge=1, le=65535)]
Share = Annotated[float, Field(ge=0, le=1)]
QueueUrl = Annotated[str, Field(pattern=r"^https?://[^/]+/\d{12}/[\w-]+$")]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]


class SettingsError(Exception):
    """Environment variables are missing or invalid. The message lists all of them."""


class _Variables(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


_Model = TypeVar("_Model", bound=_Variables)


class DatabaseSettings(_Variables):
    """Connection to PostgreSQL. Without a password file, each connection uses a new IAM token."""

    host: str = Field(validation_alias="DATABASE_HOST")
    port: Port = Field(default=5432, validation_alias="DATABASE_PORT")
    name: str = Field(default="app", validation_alias="DATABASE_NAME")
    user: str = Field(default="api", validation_alias="DATABASE_USER")
    password_file: Path | None = Field(default=None, validation_alias="DATABASE_PASSWORD_FILE")
    ca_file: Path | None = Field(default=None, validation_alias="DATABASE_CA_FILE")
    pool_size: int = Field(default=10, ge=2, le=200, validation_alias="DATABASE_POOL_SIZE")
    region: Region | None = Field(default=None, validation_alias="AWS_REGION")

    @model_validator(mode="after")
    def _require_token_settings(self) -> Self:
        if self.password_file is None and (self.region is None or self.ca_file is None):
            raise ValueError("set AWS_REGION and DATABASE_CA_FILE for IAM login, or DATABASE_PASSWORD_FILE")
        return self


class CacheSettings(_Variables):
    """Connection to Valkey. Without a password file, each connection uses a new IAM token over TLS."""

    host: str = Field(validation_alias="CACHE_HOST")
    port: Port = Field(default=6379, validation_alias="CACHE_PORT")
    name: str | None = Field(default=None, validation_alias="CACHE_NAME")
    user: str = Field(default="default", validation_alias="CACHE_USER")
    password_file: Path | None = Field(default=None, validation_alias="CACHE_PASSWORD_FILE")
    region: Region | None = Field(default=None, validation_alias="AWS_REGION")

    @model_validator(mode="after")
    def _require_token_settings(self) -> Self:
        if self.password_file is None and (self.region is None or self.name is None):
            raise ValueError("set AWS_REGION and CACHE_NAME for IAM login, or CACHE_PASSWORD_FILE")
        return self


class QueueSettings(_Variables):
    """The queue that a worker receives messages from."""

    url: QueueUrl = Field(validation_alias="QUEUE_URL")
    region: Region = Field(validation_alias="AWS_REGION")


class MetricsSettings(_Variables):
    """The port of a worker's metrics."""

    port: Port = Field(default=9464, validation_alias="METRICS_PORT")


class ReceiptSettings(_Variables):
    """The queue that the API sends entries to. Without it, entries get no receipts."""

    url: QueueUrl | None = Field(default=None, validation_alias="RECEIPTS_QUEUE_URL")
    region: Region | None = Field(default=None, validation_alias="AWS_REGION")

    @model_validator(mode="after")
    def _require_region(self) -> Self:
        if self.url is not None and self.region is None:
            raise ValueError("set AWS_REGION for RECEIPTS_QUEUE_URL")
        return self


class ServiceSettings(_Variables):
    """The listening port, cookies, logs, error reports and the shutdown."""

    port: Port = Field(default=8080, validation_alias="PORT")
    environment: str = Field(default="local", validation_alias="ENVIRONMENT")
    release: str = Field(default="unknown", validation_alias="RELEASE")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", validation_alias="LOG_LEVEL"
    )
    sentry_dsn_file: Path | None = Field(default=None, validation_alias="SENTRY_DSN_FILE")
    sentry_error_rate: Share = Field(default=1, validation_alias="SENTRY_ERROR_RATE")
    sentry_trace_rate: Share = Field(default=0, validation_alias="SENTRY_TRACE_RATE")
    session_minutes: int = Field(default=480, ge=1, le=1440, validation_alias="SESSION_MINUTES")
    secure_cookies: bool = Field(default=True, validation_alias="SECURE_COOKIES")
    drain_seconds: float = Field(default=0, ge=0, le=300, validation_alias="DRAIN_SECONDS")
    shutdown_seconds: int = Field(default=25, ge=1, le=300, validation_alias="SHUTDOWN_SECONDS")


class Settings(_Variables):
    """All settings of the API."""

    database: DatabaseSettings
    cache: CacheSettings
    receipts: ReceiptSettings
    service: ServiceSettings


class WorkerSettings(_Variables):
    """All settings of the worker that issues receipts."""

    database: DatabaseSettings
    queue: QueueSettings
    metrics: MetricsSettings
    service: ServiceSettings


class JobSettings(_Variables):
    """All settings of a program that runs once."""

    database: DatabaseSettings
    service: ServiceSettings


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the API's settings. Empty variables count as missing.

    Raises:
        SettingsError: if variables are missing or invalid.
    """
    return _validate(Settings, dict.fromkeys(Settings.model_fields, _without_empty(environ)))


def read_worker_settings(environ: Mapping[str, str]) -> WorkerSettings:
    """Return the settings of the worker that issues receipts.

    Raises:
        SettingsError: if variables are missing or invalid.
    """
    return _validate(WorkerSettings, dict.fromkeys(WorkerSettings.model_fields, _without_empty(environ)))


def read_job_settings(environ: Mapping[str, str]) -> JobSettings:
    """Return the settings of a program that runs once.

    Raises:
        SettingsError: if variables are missing or invalid.
    """
    return _validate(JobSettings, dict.fromkeys(JobSettings.model_fields, _without_empty(environ)))


def read_database_settings(environ: Mapping[str, str]) -> DatabaseSettings:
    """Return the settings of programs that use only the database.

    Raises:
        SettingsError: if variables are missing or invalid.
    """
    return _validate(DatabaseSettings, _without_empty(environ))


def read_secret(file: Path) -> str:
    """Return the content of a secret's file. It is read at each use, so a rotated secret needs no restart."""
    return file.read_text().strip()


def _without_empty(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if value}


def _validate(model: type[_Model], values: Mapping[str, object]) -> _Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        lines = [f"  {_describe(each)}" for each in error.errors(include_url=False)]
    raise SettingsError("\n".join(["The environment variables of the API are invalid:", *lines]))


def _describe(problem: ErrorDetails) -> str:
    """Return one problem. Relations between variables have no variable of their own."""
    message = problem["msg"].removeprefix("Value error, ")
    variable = str(problem["loc"][-1]) if problem["loc"] else ""
    if not variable.isupper():
        return message
    if problem["type"] == "missing":
        return f"{variable} is missing"
    return f"{variable}: {message}, got {problem['input']!r}"
