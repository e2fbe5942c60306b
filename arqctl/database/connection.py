"""Connects to an instance over TLS with an IAM token. Needs the extra `arqctl[database]`."""

from pathlib import Path
from typing import TYPE_CHECKING

from arqctl.core.aws_api import AwsApi, AwsError, aws_errors
from arqctl.core.errors import InputError, Problem
from arqctl.database.specification import Specification

if TYPE_CHECKING:
    from psycopg import Connection

_SECONDS_TO_CONNECT = 15


def connect(specification: Specification, *, ca_file: Path, token: str) -> "Connection":
    """Log in as the master user. The server must have a certificate that `ca_file` confirms.

    Raises:
        InputError: if the extra or the file is missing, or the login fails.
    """
    try:
        import psycopg  # noqa: PLC0415 - only this command needs the extra
    except ModuleNotFoundError as error:
        fix = "Run `pip install 'arqctl[database]'`"
        raise InputError([Problem("PostgreSQL", f"{error.name} is not installed", fix)]) from error
    if not ca_file.is_file():
        fix = "Download https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"
        raise InputError([Problem(str(ca_file), "is not a file", fix)])
    try:
        return psycopg.connect(
            host=specification.host,
            port=specification.port,
            dbname=specification.database,
            user=specification.master_user,
            password=token,
            sslmode="verify-full",
            sslrootcert=str(ca_file),
            connect_timeout=_SECONDS_TO_CONNECT,
            autocommit=True,
        )
    except psycopg.Error as error:
        fix = "Run `arqctl database login ENV` once, and check the connection and the grant of the migrator"
        where = f"{specification.master_user}@{specification.host}"
        raise InputError([Problem(where, f"the login fails: {error}".strip(), fix)]) from error


def make_token(specification: Specification) -> str:
    """Return a token that is valid for 15 minutes. boto3 computes it without a call to AWS.

    Raises:
        InputError: if there are no credentials, or they can't be used.
    """
    client = AwsApi.connect().client("rds", specification.region)
    try:
        with aws_errors("rds generate_db_auth_token"):
            token: str = client.generate_db_auth_token(  # type: ignore[attr-defined]  # of the RDS client
                DBHostname=specification.host, Port=specification.port, DBUsername=specification.master_user
            )
    except AwsError as error:
        raise InputError([Problem("AWS", str(error), error.fix or "Correct the credentials")]) from error
    return token
