"""Planted secrets and personal data don't reach Loki. Python evaluates the expressions as RE2 does.

RE2 itself is not installed. So a test allows only syntax that both have with the same meaning: no lookaround,
no references to groups, and ASCII classes.
"""

import json
import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import pytest

from constructs_arq.platform.log_group_redaction import SOURCE_REDACTIONS
from constructs_arq.platform.log_redaction import REDACTIONS, Redaction

# The parser of expressions has no public name.
constants, parser = import_module("re._constants"), import_module("re._parser")

JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9Plx"
ONLY_PYTHON = {
    constants.ASSERT,
    constants.ASSERT_NOT,
    constants.GROUPREF,
    constants.GROUPREF_EXISTS,
    constants.ATOMIC_GROUP,
    constants.POSSESSIVE_REPEAT,
}


def redact(line: str, redactions: Sequence[Redaction] = REDACTIONS) -> str:
    """Replace each group of all matches, as `stage.replace` of Alloy does.

    https://github.com/grafana/alloy/blob/v1.18.1/internal/component/loki/process/stages/replace.go
    """
    for each in redactions:
        found = re.compile(each.expression, re.ASCII)
        result, end = "", 0
        for match in found.finditer(line):
            # Groups of other alternatives have no place.
            for first, last in match.regs[1:]:
                if first >= end:
                    result += line[end:first] + each.text
                    end = last
        line = result + line[end:]
    return line


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ('{"event": "login of anna.k+shop@mail.example.com failed"}', "anna.k+shop@mail.example.com"),
        ("Authorization: Bearer 9f86d081884c7d659a2feaa0c55ad015", "9f86d081884c7d659a2feaa0c55ad015"),
        ('{"headers": {"authorization": "Basic dXNlcjpwYXNzd29yZA=="}}', "dXNlcjpwYXNzd29yZA=="),
        (f"session {JWT} expired", JWT),
        ("AKIAIOSFODNN7EXAMPLE is not allowed", "AKIAIOSFODNN7EXAMPLE"),
        ("ASIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE"),
        (
            "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        ),
        ('{"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG"}', "wJalrXUtnFEMI/K7MDENG"),
        (
            "GET /file?X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835 403",
            "aeeed9bbccd4d02ee5c0109b86d86835",
        ),
        ('{"password": "correct horse battery"}', "correct horse battery"),
        (r'{"event": "{\"password\": \"hunter2\"}"}', "hunter2"),
        ("DATABASE_PASSWORD=hunter2 is wrong", "hunter2"),
        ("postgresql://app:hunter2@database:5432/app", "hunter2"),
        ("token ghp_16C7e42F292c6912E7710c838347Ae178B4a", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
        ("Cookie: session=9f86d081884c7d65; theme=dark", "9f86d081884c7d65"),
        ("card 4111 1111 1111 1111 declined", "4111 1111 1111 1111"),
        ('{"pan": "5500005555555559"}', "5500005555555559"),
        ("3782-822463-10005", "3782-822463-10005"),
        ("from DE89370400440532013000", "DE89370400440532013000"),
        ("from GB29 NWBK 6016 1331 9268 19", "GB29 NWBK 6016 1331 9268 19"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
            "MIIEowIBAAKCAQEA",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEA", "MIIEowIBAAKCAQEA"),
        ('{"client":"203.0.113.195","method":"GET"}', "203.0.113.195"),
        ('{"client": "2001:db8:85a3:8d3:1319:8a2e:370:7348"}', "8d3:1319:8a2e:370:7348"),
        ('{"client": "2001:db8::8a2e:370:7348"}', "8a2e:370:7348"),
    ],
)
def test_planted_data_is_removed(line: str, secret: str) -> None:
    assert secret in line
    assert secret not in redact(line)


NGINX = (
    "2026/11/29 22:00:00 [error] 29#29: *12 connect() failed (111: Connection refused) while connecting to "
    'upstream, client: 203.0.113.195, server: app.arq.example, request: "GET /api/x?EMAIL&reset=9f86d081 '
    'HTTP/1.1", upstream: "http://10.40.12.7:8080/api/x?EMAIL&reset=9f86d081", host: "app.arq.example", '
    'referrer: "https://arq.example/?EMAIL"'
)


def test_error_log_of_nginx_has_no_queries() -> None:
    line = NGINX.replace("EMAIL", "email=anna%40example.com")
    assert redact(line) == (
        "2026/11/29 22:00:00 [error] 29#29: *12 connect() failed (111: Connection refused) while connecting "
        "to upstream, client: 203.0.113.0, server: app.arq.example, "
        'request: "GET /api/x?[redacted:query] HTTP/1.1", '
        'upstream: "http://10.40.12.7:8080/api/x?[redacted:query]", host: "app.arq.example", '
        'referrer: "[redacted:referrer]"'
    )


@pytest.mark.parametrize("query", ['name="Anna"&pin=4711', "name=Anna 4711", 'a=b?", host: "Anna" 4711'])
def test_clients_cannot_end_a_query_of_nginx(query: str) -> None:
    line = redact(NGINX.replace("EMAIL", query))
    assert "Anna" not in line
    assert "4711" not in line


# The value that must not remain is `hunter2`, or a part of it.
NAMED = [
    '{"log":"level=info password=\\"hunter2\\""}',
    r'{"password": "it\"s-hunter2"}',
    r'{"password": "ends with \\", "token": "hunter2"}',
    """{"password": "hun'ter2 hunter2"}""",
    'password="correct horse hunter2"',
    "password='correct horse hunter2'",
    "{'password': 'correct horse hunter2'}",
    "{'password': b'hunter2'}",
    "--password hunter2",
    '--db-password "correct hunter2"',
    '["--password", "hunter2"]',
    '{"secret_key": "hunter2"}',
    "SECRET_KEY=hunter2",
    '{"routing_key": "hunter2"}',
    '{"signing_key": "hunter2"}',
    '{"encryptionKey": "hunter2"}',
    '{"idempotency_key": "hunter2"}',
    '{"passphrase": "hunter2"}',
    '{"password": ["hunter2", "a]hunter2"]}',
    '{"name":"DB_PASSWORD","value":"hunter2"}',
    r'{"log": "{\"name\": \"DB_PASSWORD\", \"value\": \"hunter2\"}"}',
    "{Name:DB_PASSWORD Value:hunter2}",
    "X-Api-Key: hunter2",
    "X-Auth-Token: hunter2",
    "password: hunter2",
    "password = hunter2",
    "password = it's-hunter2",
    "{Password:hunter2}",
    "token: hunter2",
    '{"authorization": "hunter2"}',
    "Authorization: hunter2",
    "Authorization: Token hunter2 401",
    '{"headers": [["cookie", "session=hunter2; theme=dark"]]}',
    "[(b'cookie', b'session=hunter2')]",
    r'{"event": "Cookie: a=\"x\"; b=hunter2"}',
    '"password"=>"hunter2"',
]


@pytest.mark.parametrize("line", NAMED)
def test_named_secrets_are_removed(line: str) -> None:
    assert "hunter2" not in redact(line)


@pytest.mark.parametrize("depth", range(4))
@pytest.mark.parametrize("secret", ["hunter2", 'hun"ter2', "hunter2\\", "hun\\\"ter2'", "hunter2\n"])
def test_json_in_json_has_no_secret(depth: int, secret: str) -> None:
    inner = json.dumps({"password": secret, "user": "anna"})
    for _ in range(depth):
        inner = json.dumps({"event": f"sent {inner}", "level": "info"})
    line = redact(inner)
    assert "hun" not in line
    assert "ter2" not in line
    # The rest is still JSON.
    for _ in range(depth):
        found = json.loads(line)
        assert found["level"] == "info"
        line = found["event"].removeprefix("sent ")
    assert json.loads(line) == {"password": "[redacted:secret]", "user": "anna"}


def test_numbers_are_secrets_in_fields_of_json() -> None:
    line = '{"password":12345678,"token":null,"secret":{"name":"api"}}'
    assert redact(line) == line.replace("12345678", "[redacted:secret]")


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("from NO93 8601 1117 947", "8601"),
        ("from NO9386011117947", "8601"),
        ("from no93 8601 1117 947", "8601"),
        ("from DE89-3704-0044-0532-0130-00", "3704"),
        ('{"iban": "MT84MALT011000012345MTLCAST001S"}', "MALT"),
        ("card 36148900647913", "36148900647913"),
        ("card 3614 890064 7913", "890064"),
        ("card 3530111333300000", "3530111333300000"),
        ("card 6304000000000000", "6304000000000000"),
        ("card 6200000000000005", "6200000000000005"),
        ("card 6205500000000000004", "6205500000000000004"),
        ("card 4111.1111.1111.1111", "1111.1111"),
        ("4111111111111111 5500005555555559", "5500005555555559"),
        ("GET /x?email=anna%40example.com", "anna"),
        ("GET /x?email=anna%2540example.com", "anna"),
        ("mail to sean.o'brien@example.com", "sean"),
        ("mail to müller@example.com", "mü"),
        (r'{"event": "m\u00fcller@example.com"}', r"m\u00fcller"),
        ("mail to anna@müller.example", "anna@müller"),
        ('{"client":"::ffff:203.0.113.195"}', "195"),
        ("failed, client: 2001:db8:85a3:8d3:1319:8a2e:370:7348, server: a", "1319"),
        ("eyJhbGciOiJkaXIifQ..5eym8TW_c8SuK0lt.KDlTtXchhZTG.ou0i8d", "KDlTtXchhZTG"),
        ("eyJhbGciOiJSU0EtT0FFUCJ9.OKOawDo13gRp.48V1_ALb6US0.5eym8TW.XFBoMYU", "48V1_ALb6US0"),
        ("github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz", "mnopqrst"),
        ("glpat-AbCdEfGhIjKlMnOpQrSt", "AbCdEf"),
        ("sk_test_4eC39HqLyjWDarjtT1zdp7dc", "4eC39"),
        ("https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXX", "XXXXXXXX"),
        ("postgresql://app:hun/ter2@database/app", "ter2"),
        ("postgresql://app:hun@ter2@database/app", "ter2"),
        ("postgresql://app:12345@database/app", "12345"),
        ("Credential=AKIA, Signature=fe5f80f77d5fa3beca038a248ff027d0", "fe5f80"),
        ("UniqueViolation: duplicate\nDETAIL:  Key (name)=(Anna Klein) already exists.", "Anna"),
        ('DETAIL:  Failing row contains (1, "Anna"\nKlein).', "Klein"),
        (r'{"event": "duplicate\nDETAIL:  Key (name)=(\"Anna\" Klein)\nCONTEXT:  a", "b": 1}', "Klein"),
        ("LINE 1: INSERT INTO customers VALUES ('Anna')", "Anna"),
    ],
)
def test_other_forms_are_removed(line: str, secret: str) -> None:
    assert secret in line
    assert secret not in redact(line)


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "transfer booked", "request_id": "4bf92f3577b34da6a3ce929d0e0e4736", "level": "info"}',
        '{"time":"2026-11-29T22:00:00+00:00","trace":"Root=1-67891233-abcdef012345678912345678"}',
        '{"path":"/api/accounts/7d793037-a076-4b8e-9f3e-4c5b8e6d7f10","status":"200","seconds":"0.012"}',
        'ts=2026-11-29T22:00:00.123456789Z level=warn msg="retry" ns=1764453600123456789 table=index_20421',
        "I1129 22:00:00.000000       1 controller.go:231] Finished syncing api-6d4cf56db6-x2x4z",
        "backend 10.40.12.7:8080 answered 502",
        "secret shop/api has no key password",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "basic checks passed",
        "SLOW QUERY: 12 ms, CONTEXT: production",
        '{"event":"{\\"key\\": \\"shop/api\\"}","monkey":"Abu","labels":{"key":"value"}}',
        "duplicate key value violates unique constraint, primary key: 7, key=shop/api",
        "failed to read secret: not found; failed to read token: unexpected end",
        '{"password":"","token":null,"max_tokens":128}',
        r'{"log": "password=\"\" user=\"anna\""}',
        '{"score":0.4111111111111111,"seconds":4123.456789012345,"nanoseconds":1764453600123456789}',
        "oci://registry.example:5000/image@sha256:9f86d081884c7d65 pkg@1.2.3",
        "http://backend:8080/a?b=c answered",
        "de89c0ffee0123456789abcdef012345 span be12ab34cd56ef78",
        'request: "GET /api/x HTTP/1.1", upstream: "http://10.40.12.7:8080/api/x", host: "app.arq.example"',
    ],
)
def test_other_lines_stay_unchanged(line: str) -> None:
    assert redact(line) == line


def test_networks_of_clients_remain() -> None:
    assert redact('{"client":"203.0.113.195"}') == '{"client":"203.0.113.0"}'


def operations(parsed: Any) -> Iterator[Any]:
    """Yield the operations of an expression of Python's parser, at any depth."""
    for operation, argument in parsed:
        yield operation
        parts = argument if isinstance(argument, tuple | list) else (argument,)
        for part in parts:
            if isinstance(part, parser.SubPattern):
                yield from operations(part)
            elif isinstance(part, list):
                for each in part:
                    if isinstance(each, parser.SubPattern):
                        yield from operations(each)


@pytest.mark.parametrize(
    "expression",
    [each.expression for group in (REDACTIONS, *SOURCE_REDACTIONS.values()) for each in group],
)
def test_expressions_use_syntax_of_python_and_re2(expression: str) -> None:
    found = set(operations(parser.parse(expression)))
    assert not found & ONLY_PYTHON
    assert not re.search(r"\\[ZABpPQ]|\\\d|\(\?[#P<]", expression)
    assert re.compile(expression).groups
    # Alloy evaluates the replacement as a template, Helm the whole text.
    assert "{{" not in expression


@pytest.mark.parametrize("expression", ["a(?=b)", r"(a)\1", "(?>a)", "a++"])
def test_other_syntax_is_found(expression: str) -> None:
    assert set(operations(parser.parse(expression))) & ONLY_PYTHON
