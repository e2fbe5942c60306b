import pytest

from arqctl.offline.aws.checks import check_config
from arqctl.offline.values import UNKNOWN, Value
from tests.arqctl.offline.pem_fixtures import CERTIFICATE, KEY, REQUEST


@pytest.mark.parametrize(
    ("type_", "config"),
    [
        ("tls_private_key", {"algorithm": "RSA", "rsa_bits": 2048}),
        ("tls_private_key", {"algorithm": UNKNOWN}),
        ("tls_cert_request", {"private_key_pem": KEY}),
        ("tls_cert_request", {"private_key_pem": UNKNOWN}),
        (
            "tls_locally_signed_cert",
            {"ca_private_key_pem": KEY, "ca_cert_pem": CERTIFICATE, "cert_request_pem": REQUEST},
        ),
    ],
)
def test_valid_arguments_pass(type_: str, config: dict[str, Value]) -> None:
    assert check_config(type_, config) == []


@pytest.mark.parametrize(
    ("type_", "argument", "value"),
    [
        ("tls_private_key", "algorithm", "DSA"),
        ("tls_private_key", "rsa_bits", 512),
        ("tls_self_signed_cert", "private_key_pem", CERTIFICATE),
        ("tls_locally_signed_cert", "ca_cert_pem", REQUEST),
        ("tls_locally_signed_cert", "cert_request_pem", KEY),
    ],
    # Keys differ in each run; test ids must not.
    ids=["algorithm", "bits", "key", "authority", "request"],
)
def test_invalid_arguments_fail_without_showing_the_value(type_: str, argument: str, value: Value) -> None:
    [error] = check_config(type_, {argument: value})
    assert error.path == (argument,)
    assert "BEGIN" not in error.detail
