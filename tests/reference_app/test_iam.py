"""IAM tokens: their signatures, and a new token for each connection."""

import asyncio
import hashlib
import hmac
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from valkey.exceptions import ConnectionError as CacheConnectionError

from services.api.cache import make_cache
from services.api.database import describe_connection, password_source
from services.api.iam import CacheTokens, DatabaseTokens
from services.api.settings import read_settings
from tests.arqctl.database.postgres_server import Server
from tests.reference_app.redis_server import running_redis
from tests.reference_app.test_settings import CLUSTER

SECRET = "a secret key that AWS never gave"  # noqa: S105
SESSION = "a/session+token="


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials such as those of Pod Identity, and no others of the machine."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": SESSION,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)


def signature(url: str, service: str) -> str:
    """Return the signature of a presigned GET request, computed without botocore.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    parts = urlsplit(url)
    query = sorted((name, value) for name, value in parse_qsl(parts.query) if name != "X-Amz-Signature")
    time = dict(query)["X-Amz-Date"]
    canonical = "\n".join(
        ("GET", "/", urlencode(query, quote_via=quote, safe="-_.~"), f"host:{parts.netloc}", "", "host")
    )
    request = canonical + "\n" + hashlib.sha256(b"").hexdigest()
    scope = f"{time[:8]}/eu-west-1/{service}/aws4_request"
    signed = "\n".join(("AWS4-HMAC-SHA256", time, scope, hashlib.sha256(request.encode()).hexdigest()))
    key = f"AWS4{SECRET}".encode()
    for part in (*scope.split("/"), signed):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


@pytest.mark.parametrize("service", ["rds-db", "elasticache"])
def test_tokens_are_presigned_requests_without_a_scheme(service: str) -> None:
    if service == "rds-db":
        host = "database.example"
        token = DatabaseTokens(region="eu-west-1", host=host, port=5432, user="api").make()
        host += ":5432"
    else:
        host = "production-cache"
        token = CacheTokens(region="eu-west-1", cache=host, user="production-cache-api").make()
    assert token.startswith(f"{host}/?")
    query = dict(parse_qsl(urlsplit(f"http://{token}").query))
    assert query["Action"] == "connect"
    assert query["DBUser" if service == "rds-db" else "User"] in {"api", "production-cache-api"}
    assert (query["X-Amz-Expires"], query["X-Amz-Security-Token"]) == ("900", SESSION)
    scheme = "https" if service == "rds-db" else "http"
    assert query["X-Amz-Signature"] == signature(f"{scheme}://{token}", service)


def test_the_api_logs_in_with_tokens_and_verifies_the_servers() -> None:
    settings = read_settings(CLUSTER)
    token = password_source(settings.database)()
    assert token.startswith(f"{CLUSTER['DATABASE_HOST']}:5432/?Action=connect&DBUser=api&")
    connection = describe_connection(settings.database, token)
    assert "sslmode=verify-full sslrootcert=/etc/rds/global-bundle.pem" in connection
    options = make_cache(settings.cache).connection_pool.connection_kwargs
    assert options["ssl_check_hostname"] is True
    assert options["ssl_cert_reqs"] == "required"
    user, token = options["credential_provider"].get_credentials()
    assert user == "production-cache-api"
    assert token.startswith("production-cache/?Action=connect&User=production-cache-api&")


def test_the_cache_gets_the_user_and_a_token_over_verified_tls(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis accepts any password of this user, as it can't check tokens."""
    user = CLUSTER["CACHE_USER"]
    (tmp_path / "users").write_text(f"user default off\nuser {user} on nopass ~* &* +@all\n")
    options = {
        "aclfile": tmp_path / "users",
        "tls-port": "",
        "tls-cert-file": postgres.ca_file,
        "tls-key-file": postgres.folder / "key.pem",
        "tls-ca-cert-file": postgres.ca_file,
        "tls-auth-clients": "no",
    }

    async def log_in(host: str) -> str:
        environ = {**CLUSTER, "CACHE_HOST": host, "CACHE_PORT": str(server.port)}
        cache = make_cache(read_settings(environ).cache)
        try:
            name: str = await cache.acl_whoami()
        finally:
            await cache.aclose()
        return name

    with running_redis(options) as server:
        with pytest.raises(CacheConnectionError, match="certificate verify failed"):
            asyncio.run(log_in("localhost"))
        monkeypatch.setenv("SSL_CERT_FILE", str(postgres.ca_file))
        with pytest.raises(CacheConnectionError, match="IP address mismatch"):
            asyncio.run(log_in("127.0.0.1"))
        assert asyncio.run(log_in("localhost")) == user


def test_each_connection_reads_its_password_again(tmp_path: Path) -> None:
    file = tmp_path / "password"
    environ = {**CLUSTER, "DATABASE_PASSWORD_FILE": str(file), "CACHE_PASSWORD_FILE": str(file)}
    settings = read_settings(environ)
    make_password = password_source(settings.database)
    credentials = make_cache(settings.cache).connection_pool.connection_kwargs["credential_provider"]
    seen = []
    for password in ("first", "rotated"):
        file.write_text(f"{password}\n")
        seen.append((make_password(), credentials.get_credentials()[1]))
    assert seen == [("first", "first"), ("rotated", "rotated")]
