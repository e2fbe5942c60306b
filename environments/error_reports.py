"""Reports of the shop's programs to Sentry."""

from collections.abc import Mapping

from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.services.secret_files import SECRETS_FOLDER, SecretFile

_FILE = "sentry-dsn"


class ErrorReports(Config):
    """The secret with the DSN, and the shares of reports that the programs send."""

    key: str = Field(description="Name of the secret whose field `dsn` has the DSN, such as dev/sentry.")
    error_rate: float = Field(default=1, ge=0, le=1, description="Share of unexpected errors.")
    trace_rate: float = Field(
        default=0, ge=0, le=1, description="Share of requests whose duration is reported."
    )

    @property
    def files(self) -> tuple[SecretFile, ...]:
        """The file of the DSN."""
        return (SecretFile(file=_FILE, key=self.key, field="dsn"),)

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables that the programs read."""
        return {
            "SENTRY_DSN_FILE": f"{SECRETS_FOLDER}/{_FILE}",
            "SENTRY_ERROR_RATE": str(self.error_rate),
            "SENTRY_TRACE_RATE": str(self.trace_rate),
        }
