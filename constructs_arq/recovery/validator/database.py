"""A connection to PostgreSQL over TLS, for reading only."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import inf
from typing import Final

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from constructs_arq.recovery.validator.checks import Deadline, OutOfTimeError, QueryError

Row = Sequence[object]
SqlValue = str | int | list[str]

_SECONDS_TO_CONNECT: Final = 30
_SECONDS_AFTER_TIMEOUT: Final = 15
# Values have the same text as in the session of the ledger.
_SETTINGS: Final = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    # A name without a schema is an error, and names in results have their schema.
    "search_path": "pg_catalog",
    "default_transaction_read_only": "on",
}
_CANCELED: Final = "57014"
# The server starts, stops, or has no free connection. https://www.postgresql.org/docs/current/errcodes-appendix.html
_TRANSIENT: Final = ("57P01", "57P02", "57P03", "53300")


class TransientError(Exception):
    """The database can't be reached now. Another try can succeed."""


class LoginError(Exception):
    """PostgreSQL refuses the user."""


class Database:
    """A session that reads one snapshot, and ends statements at the deadline.

    Raises:
        TransientError: if the server can't be reached.
        LoginError: if the server refuses the user, or its certificate is not of `certificates`.

    A certificate must be for `host`.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        database: str,
        user: str,
        password: str,
        certificates: str,
        deadline: Deadline,
    ) -> None:
        self._deadline = deadline
        try:
            self._connection = Connection(
                user,
                host=host,
                port=port,
                database=database,
                password=password,
                ssl_context=ssl.create_default_context(cadata=certificates),
                timeout=_SECONDS_TO_CONNECT,
                application_name="restore-validator",
                startup_params=_SETTINGS,
            )
        except ssl.SSLCertVerificationError as error:
            raise LoginError(f"the certificate of {host} is not trusted: {error.verify_message}") from error
        except (InterfaceError, OSError) as error:
            cause = error.__cause__
            if isinstance(cause, ssl.SSLCertVerificationError):
                raise LoginError(
                    f"the certificate of {host} is not trusted: {cause.verify_message}"
                ) from error
            raise TransientError(f"{host}:{port} can't be reached: {error}") from error
        except DatabaseError as error:
            raise _describe(error, f"{user}@{host}") from error
        self._run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    @contextmanager
    def limited(self, parts: int) -> Iterator[None]:
        """Limit statements to one of equal parts of the time that is left.

        Raises:
            OutOfTimeError: if there is none.
        """
        whole = self._deadline
        self._deadline = whole.share(parts)
        try:
            yield
        finally:
            self._deadline = whole

    def seconds_left(self) -> float:
        """Return the time for statements.

        Raises:
            OutOfTimeError: if there is none.
        """
        return self._deadline.left()

    def rows(self, statement: str, *, most_seconds: float = inf, **values: SqlValue) -> list[Row]:
        """Return the rows of a statement. `:name` in it is a value.

        Raises:
            OutOfTimeError: if it takes longer than `most_seconds`, or than the time that is left.
        """
        seconds = min(self._deadline.left(), most_seconds)
        # The socket waits longer than the server. A timeout of the socket would end the session.
        self._connection._usock.settimeout(seconds + _SECONDS_AFTER_TIMEOUT)  # noqa: SLF001
        self._run(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}")
        self._run("SAVEPOINT statement")
        try:
            rows = self._run(statement, **values)
        except (OutOfTimeError, QueryError):
            self._run("ROLLBACK TO SAVEPOINT statement")
            raise
        self._run("RELEASE SAVEPOINT statement")
        return rows

    def value(self, statement: str, **values: SqlValue) -> object:
        """Return the first value of the first row."""
        return self.rows(statement, most_seconds=inf, **values)[0][0]

    def _run(self, statement: str, **values: SqlValue) -> list[Row]:
        try:
            return self._connection.run(statement, **values) or []
        except DatabaseError as error:
            if _field(error, "C") == _CANCELED:
                raise OutOfTimeError("a statement took too long") from error
            raise _describe(error, "the session") from error
        except (InterfaceError, OSError) as error:
            raise TransientError(f"the session ended: {error}") from error


def _describe(error: DatabaseError, where: str) -> Exception:
    code, message = _field(error, "C"), _field(error, "M")
    if code in _TRANSIENT:
        return TransientError(f"{where}: {message}")
    if code.startswith("28"):
        return LoginError(f"{where}: {message}")
    return QueryError(f"{where}: {message} ({code})")


def _field(error: DatabaseError, name: str) -> str:
    fields = error.args[0] if error.args else {}
    return str(fields.get(name, "")) if isinstance(fields, dict) else str(fields)
