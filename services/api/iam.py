"""IAM tokens, the passwords of PostgreSQL and Valkey. boto3 computes them without a call to AWS."""

import boto3
from botocore.exceptions import NoCredentialsError
from botocore.model import ServiceId
from botocore.signers import RequestSigner

_SECONDS_VALID = 900  # The longest time that AWS accepts.


class DatabaseTokens:
    """Makes tokens for a database user. A token can open connections for 15 minutes.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.Connecting.html
    """

    def __init__(self, *, region: str, host: str, port: int, user: str) -> None:
        self._client = boto3.Session().client("rds", region_name=region)
        self._host = host
        self._port = port
        self._user = user

    def make(self) -> str:
        """Return a new token."""
        token: str = self._client.generate_db_auth_token(
            DBHostname=self._host, Port=self._port, DBUsername=self._user
        )
        return token


class CacheTokens:
    """Makes tokens for a cache user: presigned requests for the action `connect`, without their scheme.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
    """

    def __init__(self, *, region: str, cache: str, user: str) -> None:
        self._session = boto3.Session()
        self._region = region
        self._address = f"{cache}/?Action=connect&User={user}"

    def make(self) -> str:
        """Return a new token.

        Raises:
            NoCredentialsError: if the process has no AWS credentials.
        """
        credentials = self._session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        signer = RequestSigner(
            ServiceId("elasticache"), self._region, "elasticache", "v4", credentials, self._session.events
        )
        request = {
            "method": "GET",
            "url": f"http://{self._address}",
            "body": {},
            "headers": {},
            "context": {},
        }
        url: str = signer.generate_presigned_url(
            request, operation_name="connect", expires_in=_SECONDS_VALID, region_name=self._region
        )
        return url.removeprefix("http://")
