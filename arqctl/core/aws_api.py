"""Calls AWS's API with the user's own credentials. Needs the extra `arqctl[aws]`."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Protocol, Self, cast

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json, as_list, as_object

if TYPE_CHECKING:
    import boto3
    from botocore.client import BaseClient
    from botocore.config import Config

_SECONDS_TO_CONNECT = 5
_SECONDS_TO_READ = 20
_ATTEMPTS = 5


_LOGIN_FIX = "Log in, for example with `aws sso login`, and set AWS_PROFILE"
_NETWORK_FIX = "Check the network connection, the proxy and the region"
_INVALID_CREDENTIALS = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
)


class AwsError(Exception):
    """A call that AWS rejected or that did not reach AWS. `code` is AWS's error code, else "".

    `fix` is the correction if the cause is the network or the credentials, else "".
    """

    def __init__(self, operation: str, code: str, message: str, *, fix: str = "") -> None:
        self.operation = operation
        self.code = code
        self.message = message
        self.fix = fix
        super().__init__(": ".join(filter(None, (operation, code, message))))


class AwsApi:
    """AWS's API. Several threads may use it. A throttled call is repeated."""

    def __init__(self, session: "boto3.Session") -> None:
        """Use the credentials of this session."""
        self._session = session
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self._lock = Lock()

    @classmethod
    def connect(cls) -> Self:
        """Return the API with the credentials that the environment or AWS's configuration provides.

        Raises:
            InputError: when the extra is not installed, or there are no credentials.
        """
        try:
            import boto3  # noqa: PLC0415 - only commands that call AWS need the extra
            from botocore.exceptions import BotoCoreError  # noqa: PLC0415
        except ModuleNotFoundError as error:
            fix = "Run `pip install 'arqctl[aws]'`"
            raise InputError([Problem("AWS", f"{error.name} is not installed", fix)]) from error
        fix = _LOGIN_FIX
        try:
            session = boto3.Session()
            credentials = session.get_credentials()
        except BotoCoreError as error:
            raise InputError([Problem("AWS", f"there are no credentials: {error}", fix)]) from error
        if credentials is None:
            raise InputError([Problem("AWS", "there are no credentials", fix)])
        return cls(session)

    def partition_of(self, region: str) -> str:
        """Return the partition of a region, for example `aws`."""
        return self._session.get_partition_for_region(region)

    def client(self, service: str, region: str) -> "BaseClient":
        """Return the client of a service in a region. There is one for each pair.

        Raises:
            InputError: if the name of the region is invalid.
        """
        from botocore.config import Config  # noqa: PLC0415 - only commands that call AWS need the extra
        from botocore.exceptions import NoRegionError  # noqa: PLC0415 - as above

        with self._lock:
            if (service, region) not in self._clients:
                config = Config(
                    connect_timeout=_SECONDS_TO_CONNECT,
                    read_timeout=_SECONDS_TO_READ,
                    retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
                )
                # The stubs know literal names of services only.
                create = cast("_ClientFactory", self._session.client)
                try:
                    self._clients[service, region] = create(service, region_name=region, config=config)
                except (ValueError, NoRegionError) as error:
                    what = f"{region!r} is not the name of a region: {error}"
                    fix = "Use a name such as eu-west-1"
                    raise InputError([Problem("AWS", what, fix)]) from error
            return self._clients[service, region]

    def call(self, service: str, operation: str, region: str, **parameters: Json) -> Body:
        """Call an operation, for example `describe_addresses`, and return its result.

        Raises:
            AwsError: when AWS rejects the call or can't be reached.
        """
        client = self.client(service, region)
        with aws_errors(f"{service} {operation}"):
            return as_object(getattr(client, operation)(**parameters))

    def list_all(
        self, service: str, operation: str, region: str, member: str, **parameters: Json
    ) -> list[Json]:
        """Call an operation, and return this member of the results of all pages, for example `List.Items`.

        Raises:
            AwsError: when AWS rejects a call or can't be reached.
        """
        client = self.client(service, region)
        if not client.can_paginate(operation):
            return _member(self.call(service, operation, region, **parameters), member)
        with aws_errors(f"{service} {operation}"):
            pages = client.get_paginator(operation).paginate(**parameters)
            return [each for page in pages for each in _member(page, member)]


def _member(result: Json, member: str) -> list[Json]:
    for name in member.split("."):
        result = as_object(result).get(name)
    return as_list(result)


class _ClientFactory(Protocol):
    def __call__(self, service: str, /, *, region_name: str, config: "Config") -> "BaseClient": ...


@contextmanager
def aws_errors(operation: str) -> Iterator[None]:
    """Map errors of botocore.

    Raises:
        AwsError: when AWS rejects the call or can't be reached, or the credentials can't be used.
    """
    from botocore import exceptions  # noqa: PLC0415 - only commands that call AWS need the extra

    try:
        yield
    except exceptions.ClientError as error:
        details = error.response.get("Error", {})
        code = details.get("Code", "")
        fix = _LOGIN_FIX if code in _INVALID_CREDENTIALS else ""
        raise AwsError(operation, code, details.get("Message", ""), fix=fix) from error
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise AwsError(operation, "", f"AWS can't be reached: {error}", fix=_NETWORK_FIX) from error
    except (
        exceptions.CredentialRetrievalError,
        exceptions.NoCredentialsError,
        exceptions.SSOError,
        exceptions.TokenRetrievalError,
    ) as error:
        raise AwsError(operation, "", f"the credentials can't be used: {error}", fix=_LOGIN_FIX) from error
    except exceptions.BotoCoreError as error:
        raise AwsError(operation, "", str(error)) from error
