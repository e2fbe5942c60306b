"""Connections to Valkey."""

from collections.abc import Callable

from valkey.asyncio import Valkey
from valkey.asyncio.retry import Retry
from valkey.backoff import ExponentialBackoff
from valkey.credentials import CredentialProvider
from valkey.exceptions import ConnectionError as CacheConnectionError
from valkey.exceptions import TimeoutError as CacheTimeoutError

from services.api.iam import CacheTokens
from services.api.settings import CacheSettings, read_secret

_SECONDS_TO_ANSWER = 2
_SECONDS_BETWEEN_CHECKS = 30
_CONNECTIONS = 50
_RETRIES = 2


class Credentials(CredentialProvider):
    """Gives each new connection a user name and a password of its own.

    ElastiCache ends a session after twelve hours. The client then connects again, with a new token.
    """

    def __init__(self, user: str, make_password: Callable[[], str]) -> None:
        self._user = user
        self._make_password = make_password

    def get_credentials(self) -> tuple[str, str]:
        """Return the arguments of AUTH."""
        return self._user, self._make_password()


def make_cache(settings: CacheSettings) -> Valkey:
    """Return a client, which connects when it is used. With IAM tokens it uses TLS."""
    return Valkey(
        host=settings.host,
        port=settings.port,
        credential_provider=Credentials(settings.user, password_source(settings)),
        ssl=settings.password_file is None,
        ssl_check_hostname=settings.password_file is None,
        socket_timeout=_SECONDS_TO_ANSWER,
        socket_connect_timeout=_SECONDS_TO_ANSWER,
        health_check_interval=_SECONDS_BETWEEN_CHECKS,
        max_connections=_CONNECTIONS,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), _RETRIES),
        retry_on_error=[CacheConnectionError, CacheTimeoutError],
        decode_responses=True,
    )


def password_source(settings: CacheSettings) -> Callable[[], str]:
    """Return the function that reads or makes the password of a new connection."""
    file = settings.password_file
    if file is not None:
        return lambda: read_secret(file)
    if settings.region is None or settings.name is None:
        raise ValueError("IAM tokens need a region and the name of the cache")  # The settings require them.
    return CacheTokens(region=settings.region, cache=settings.name, user=settings.user).make
