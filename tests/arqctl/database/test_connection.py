from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.database import command, connection
from arqctl.database.specification import Specification, User
from tests.arqctl.command_line import run
from tests.arqctl.database.postgres_server import PASSWORD, Server

# Only `make test-all` installs PostgreSQL (scripts/install_test_programs).
pytestmark = pytest.mark.slow


def specification(server: Server, host: str = "localhost") -> Specification:
    return Specification(
        host=host,
        port=server.port,
        region="eu-west-1",
        database="app",
        master_user="dba",
        users=(User(name="api", has_schema=True),),
    )


def test_the_connection_is_encrypted_and_the_certificate_verified(server: Server) -> None:
    with connection.connect(specification(server), ca_file=server.ca_file, token=PASSWORD) as connected:
        assert connected.pgconn.ssl_in_use
    with pytest.raises(InputError, match="certificate"):
        connection.connect(specification(server, "127.0.0.1"), ca_file=server.ca_file, token=PASSWORD)


def test_a_refused_token_names_the_command_that_turns_on_the_login(server: Server) -> None:
    with pytest.raises(InputError, match=r"dba@localhost: the login fails: .*arqctl database login ENV"):
        connection.connect(specification(server), ca_file=server.ca_file, token="other")  # noqa: S106


def test_the_message_for_a_missing_certificate_file_has_its_address(tmp_path: Path, server: Server) -> None:
    with pytest.raises(InputError, match=r"global-bundle\.pem"):
        connection.connect(specification(server), ca_file=tmp_path / "none.pem", token=PASSWORD)


def test_the_token_is_computed_for_the_master_user_and_the_instance(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    token = connection.make_token(specification(server, "db.example.com"))
    assert token.startswith(f"db.example.com:{server.port}/?Action=connect&DBUser=dba&")
    assert "eu-west-1%2Frds-db%2Faws4_request" in token


def test_the_command_prints_the_statements_and_then_no_change(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "make_token", lambda _: PASSWORD)
    file = tmp_path / "users.json"
    file.write_text(specification(server).model_dump_json())
    arguments = ("database", "migrate", "--users", str(file), "--ca-file", str(server.ca_file))
    code, out, _ = run(capsys, *arguments)
    assert (code, out.splitlines()[:2]) == (0, ['CREATE ROLE "api" LOGIN;', 'GRANT rds_iam TO "api";'])
    assert run(capsys, *arguments)[:2] == (0, "No change.\n")


@pytest.mark.parametrize("content", [b"\xff\xfe{\x00", b'{"host": "\xe4"}'], ids=["UTF-16", "Latin-1"])
def test_a_file_that_is_not_utf_8_is_an_input_error(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "users.json"
    file.write_bytes(content)
    code, _, err = run(capsys, "database", "migrate", "--users", str(file), "--ca-file", str(file))
    assert (code, "is not UTF-8 text" in err, "terraform output -raw" in err) == (2, True, True)


def test_an_unreadable_file_is_an_input_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "users.json")
    code, _, err = run(capsys, "database", "migrate", "--users", missing, "--ca-file", missing)
    assert (code, "can't be read: No such file or directory" in err) == (2, True)
