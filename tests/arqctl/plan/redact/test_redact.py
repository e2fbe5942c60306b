"""Secrets are redacted by name, place or form; texts that only look like secrets are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.core.json_access import Body
from arqctl.plan.redact.redact import (
    OTHER_SECRET,
    SECRET,
    is_script,
    is_secret_by_sibling,
    is_secret_content,
    is_secret_name,
    is_secret_part,
    is_secret_value,
    redact,
    redact_pair,
)
from tests.arqctl.plan.redact.secret_injector import SecretInjector

SECRET_NAMES = """
    password Password DB_PASSWORD dbPassword master_user_password passwd SMTP_PASS MYSQL_PWD passphrase secret
    client_secret clientSecret secret_string SecretKey api_key apiKey X-API-Key x-origin-verify access_key
    secret_access_key AWS_SECRET_ACCESS_KEY private_key privateKeyPem signing_key token auth_token TOKENS
    GITHUB_TOKEN sessionToken credentials connection_string database_url DATABASE_URL REDIS_URL db_dsn
    webhook_url slackWebhookUrl pin otp jwt cookie authorization kubeconfig .dockerconfigjson license_key
    routing_key integration_key vault_secret_id sentry_dsn htpasswd salt hmac_secret sensitive_values
""".split()  # noqa: SIM905
HARMLESS_NAMES = """
    password_policy password_length minimum_password_length secret_arn secret_name secretsmanager
    kms_key_id kms_key_arn key_name key_pair public_key token_endpoint http_tokens token_ttl next_token
    manage_master_user_password rotate_secret secret_version require_password access_key_id_arn name
    tags key keys monkey passenger compass tokenizer authorizer_type author pinned spinning bucket_key_enabled
    token_validity credential_provider_arn use_secret has_token max_password_age
""".split()  # noqa: SIM905


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


def test_an_external_id_of_a_trust_policy_is_secret() -> None:
    assert is_secret_name("sts:ExternalId")
    assert not is_secret_name("externalId")


@pytest.mark.parametrize("name", HARMLESS_NAMES)
def test_names_about_secrets(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_secret_is_found_by_its_name_within_a_text(name: str) -> None:
    for text in (f"{name}=tulip", f'{{"{name}": "tulip"}}', f"x\n{name}: tulip\ny", f"a {name} = 'tulip'"):
        assert "tulip" not in redact(text), text


@pytest.mark.parametrize(
    "text",
    [
        'run "--set {}"',
        "psql postgres://app:{}@db.internal/x",
        "https://{}@github.com/acme/x.git",
        "--password {}",
        "--password={}",
        "-Dspring.datasource.password={}",
        "export TOKEN='{}' other",
        'export TOKEN="{}"',
        r"{{\"password\": \"{}\"}}",
        r"{{\\\"password\\\": \\\"{}\\\"}}",
        "curl -u admin:{} https://x/",
        "Authorization: Bearer {}9",
        "password: |\n  {}\n  {}\n",
        "redis://:{}@cache:6379/0",
        "mongodb+srv://u:{}@c.mongodb.net/?retryWrites=true",
        "Server=db;User Id=sa;Password={};",
        "mysql -h db -uroot -p{} ledger",
        "redis-cli -h cache -a {} ping",
    ],
)
def test_a_secret_is_found_by_its_context(text: str) -> None:
    secret = "tulip-meadow" if "--set" not in text else "password=tulip-meadow"
    redacted = redact(text.format(secret, secret))
    assert "tulip" not in redacted
    assert SECRET in redacted


@pytest.mark.parametrize(
    "secret", [*SecretInjector().of_a_vendor(), SecretInjector().token(), SecretInjector().digits()]
)
@pytest.mark.parametrize("text", ["{}", "before {} after", "a={};", '["{}"]', "https://x.io/?q={}", "{}\n{}"])
def test_a_secret_is_found_by_its_form(secret: str, text: str) -> None:
    redacted = redact(text.format(secret, secret), "upstream")
    assert not any(line in redacted for line in secret.strip().splitlines())


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ledger/password-AbCdEf",
        "111122223333.dkr.ecr.eu-west-1.amazonaws.com/api@sha256:" + "0123456789abcdef" * 4,
        "vpc-0a1b2c3d4e5f67890, subnet-0a1b2c3d4e5f67890",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E",
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "AmazonEKSClusterPolicy",
        "2001:db8:1234:1a00::/56",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@x",
        "rate(5 minutes) cron(0 12 * * ? *)",
        "secret name is ledger/password, see the runbook",
        "password = ${var.password}",
        "token=$(aws ecr get-login-password)",
        "use_password: true, password: null",
        "production-platform-network-private-euw1-az1-20261123100000000000000001",
        "com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f67890",
        "db.internal.example.com:5432",
        "_f4c8a3aaab86f01a98afe5b7a56e4773.app.example.com.",
        "s3://acme-production-assets/releases/2026.47/app.zip",
        "git@github.com:acme/platform.git",
    ],
)
def test_a_text_that_only_looks_like_a_secret_is_shown(text: str) -> None:
    assert redact(text, "description") == text


def test_hashes_and_ids_are_shown_under_their_names() -> None:
    drawn = SecretInjector().token()
    for name in ("source_code_hash", "etag", "id", "thumbprint", "version_id", "image", "owner_id", "name"):
        assert redact(drawn, name) == drawn
    assert redact(drawn, "note") == SECRET


def test_lines_of_a_script_that_mention_a_secret_are_redacted() -> None:
    script = "#!/bin/bash\nset -e\necho tulip | passwd root\nexport DB_PASSWORD=tulip\n./serve --port 80\n"
    assert (
        redact(script) == f"#!/bin/bash\nset -e\n{SECRET}\nexport DB_PASSWORD={SECRET}\n./serve --port 80\n"
    )
    assert "tulip" not in redact("machine h login a password tulip", "user_data")
    assert is_script("user_data_base64")
    assert not is_script("user_data_arn")


def test_a_changed_secret_is_shown_as_another_secret() -> None:
    assert redact_pair("password=tulip", "password=harbor") == (
        f"password={SECRET}",
        f"password={OTHER_SECRET}",
    )
    assert redact_pair("password=tulip", "password=tulip x") == (f"password={SECRET}", f"password={SECRET} x")
    assert redact_pair("", "password=tulip") == ("", f"password={SECRET}")


@pytest.mark.parametrize(
    ("block", "is_secret"),
    [
        ({"name": "DB_PASSWORD", "value": "x"}, True),
        ({"header_name": "X-Origin-Secret", "value": "x"}, True),
        ({"type": "SecureString", "name": "n", "value": "x"}, True),
        ({"type": "String", "name": "n", "value": "x"}, False),
        ({"name": "PASSWORD_POLICY", "value": "x"}, False),
    ],
)
def test_a_sibling_can_mark_a_value_as_secret(block: dict[str, str], is_secret: bool) -> None:
    assert is_secret_by_sibling("value", {**block}) == is_secret
    assert not is_secret_by_sibling("name", {**block})


@pytest.mark.parametrize(("header", "is_secret"), [("x-origin-verify", True), ("host", False)])
def test_the_search_string_of_a_secret_header_is_secret(header: str, is_secret: bool) -> None:
    block: Body = {"search_string": "x", "field_to_match": [{"single_header": [{"name": header}]}]}
    assert is_secret_by_sibling("search_string", block) == is_secret


def test_all_data_of_a_kubernetes_secret_is_secret() -> None:
    for name in ("data", "stringData"):
        assert is_secret_content(name, {"kind": "Secret"})
        assert not is_secret_content(name, {"kind": "ConfigMap"})
    assert not is_secret_content("metadata", {"kind": "Secret"})


def test_the_name_and_arn_of_a_secret_are_not_secret() -> None:
    assert not any(map(is_secret_part, ("arn", "name", "secret_arn", "valueFrom", "publicKey")))
    assert all(map(is_secret_part, ("value", "username", "data")))
    assert not any(
        map(is_secret_value, (None, True, False, "", "arn:aws:secretsmanager:eu-west-1:1:secret:x"))
    )
    assert all(is_secret_value(value) for value in ("x", 1234, 0))


@given(st.text(max_size=300), st.text(max_size=12))
def test_redaction_of_any_text_is_idempotent(text: str, name: str) -> None:
    redacted = redact(text, name)
    assert redact(redacted, name) == redacted
