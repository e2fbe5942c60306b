"""Planted secrets and personal data don't reach Loki. Python evaluates the expressions as RE2 does.

RE2 itself is not installed. So a test allows only syntax that both have with the same meaning: no lookaround,
no references to groups, and ASCII classes.
"""

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
    """Replace the groups of all matches, as `stage.replace` of Alloy does.

    https://github.com/grafana/alloy/blob/v1.18.1/internal/component/loki/process/stages/replace.go
    """
    for each in redactions:
        found = re.compile(each.expression, re.ASCII)
        result, end = "", 0
        for match in found.finditer(line):
            first, last = match.span(1)
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
    assert re.compile(expression).groups == 1
    # Alloy evaluates the replacement as a template, Helm the whole text.
    assert "{{" not in expression


@pytest.mark.parametrize("expression", ["a(?=b)", r"(a)\1", "(?>a)", "a++"])
def test_other_syntax_is_found(expression: str) -> None:
    assert set(operations(parser.parse(expression))) & ONLY_PYTHON
