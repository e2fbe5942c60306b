"""The function sends the events of subscriptions to a server with TLS that takes them as Alloy does."""

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_arq.observability.logs.function import forwarder
from tests.observability.logs.receiver import Receiver, run_receiver

GROUP = "/aws/rds/instance/production-database/postgresql"
STATEMENT = "STATEMENT:  SELECT 'correct horse battery'"


class Run:
    """A run of Lambda with time left."""

    def __init__(self, seconds: float = 30) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


def event(*lines: str, kind: str = "DATA_MESSAGE", times: tuple[int, ...] = ()) -> dict[str, Any]:
    message = {
        "messageType": kind,
        "owner": "210987654321",
        "logGroup": GROUP,
        "logStream": "production-database.0",
        "subscriptionFilters": ["postgresql"],
        "logEvents": [
            {"id": str(number), "timestamp": times[number] if times else 1_764_453_600_000, "message": line}
            for number, line in enumerate(lines)
        ],
    }
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(message).encode())).decode()}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Receiver, Path]]:
    folder = tmp_path_factory.mktemp("receiver")
    with run_receiver(folder) as receiver:
        yield receiver, folder / "trusted.pem"


@pytest.fixture
def receiver(server: tuple[Receiver, Path], monkeypatch: pytest.MonkeyPatch) -> Receiver:
    receiver, trusted = server
    receiver.streams, receiver.statuses = [], []
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    monkeypatch.setattr(forwarder, "read_settings", lambda: {"url": receiver.url, "timeout_seconds": 5})
    return receiver


def test_lines_arrive_with_few_labels(receiver: Receiver) -> None:
    forwarder.handle(event("first", "second\nline"), Run())
    [stream] = receiver.streams
    assert stream["stream"] == {"log_group": GROUP, "source": "postgresql"}
    metadata = {"log_stream": "production-database.0"}
    assert stream["values"] == [
        ["1764453600000000000", "first", metadata],
        ["1764453600000000001", "second\nline", metadata],
    ]


def test_equal_lines_have_different_times_in_order(receiver: Receiver) -> None:
    forwarder.handle(event("a", "a", "b", "c", times=(1, 1, 1, 2)), Run())
    assert [int(each[0]) for each in receiver.streams[0]["values"]] == [
        1_000_000,
        1_000_001,
        1_000_002,
        2_000_000,
    ]


def test_control_messages_are_ignored(receiver: Receiver) -> None:
    forwarder.handle(event("CWL CONTROL MESSAGE: Checking health", kind="CONTROL_MESSAGE"), Run())
    assert receiver.lines == []


def test_many_lines_are_several_requests(receiver: Receiver) -> None:
    lines = [letter * 500_000 for letter in "abcde"]
    forwarder.handle(event(*lines), Run())
    assert receiver.lines == lines
    assert len(receiver.streams) == 3


def test_a_line_above_the_limit_is_sent_alone(receiver: Receiver) -> None:
    lines = ["a", "b" * 2_000_000, "c"]
    forwarder.handle(event(*lines), Run())
    assert receiver.lines == lines


@pytest.mark.parametrize("status", [302, 400, 429, 503])
def test_a_failed_answer_repeats_the_event(
    receiver: Receiver, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.statuses = [status]
    with pytest.raises(forwarder.ForwardError, match=f"status {status}") as raised:
        forwarder.handle(event(STATEMENT), Run())
    written = capsys.readouterr()
    assert "horse" not in f"{raised.value}{written.out}{written.err}"
    # Lambda calls the function again with the same event.
    forwarder.handle(event(STATEMENT), Run())
    assert receiver.lines == [STATEMENT]


def test_other_batches_are_sent_after_a_failed_one(receiver: Receiver) -> None:
    receiver.statuses = [503]
    lines = [letter * 600_000 for letter in "abc"]
    with pytest.raises(forwarder.ForwardError, match="1 of 3 batches"):
        forwarder.handle(event(*lines), Run())
    assert receiver.lines == lines[1:]


def test_a_silent_server_ends_the_request(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver.released.clear()
    monkeypatch.setattr(forwarder, "read_settings", lambda: {"url": receiver.url, "timeout_seconds": 0.1})
    with pytest.raises(forwarder.ForwardError, match="TimeoutError"):
        forwarder.handle(event("line"), Run())
    receiver.released.set()


def test_the_run_ends_before_its_timeout(receiver: Receiver) -> None:
    with pytest.raises(forwarder.ForwardError, match="no time left"):
        forwarder.handle(event("line"), Run(seconds=1))
    assert receiver.lines == []


def test_an_unknown_certificate_gets_no_line(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(forwarder.ForwardError, match="SSLCertVerificationError"):
        forwarder.handle(event("line"), Run())
    assert receiver.lines == []


def test_the_certificate_must_have_the_name(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    url = receiver.url.replace("localhost", "127.0.0.1")
    monkeypatch.setattr(forwarder, "read_settings", lambda: {"url": url, "timeout_seconds": 5})
    with pytest.raises(forwarder.ForwardError, match="SSLCertVerificationError"):
        forwarder.handle(event("line"), Run())


def test_an_invalid_event_fails() -> None:
    with pytest.raises(ValueError, match="base64"):
        forwarder.decode({"awslogs": {"data": "a"}})


@pytest.mark.usefixtures("receiver")
def test_the_output_counts_lines_only(capsys: pytest.CaptureFixture[str]) -> None:
    forwarder.handle(event(STATEMENT), Run())
    assert json.loads(capsys.readouterr().out) == {
        "event": "forwarded",
        "log_group": GROUP,
        "lines": 1,
        "batches": 1,
        "failed_batches": 0,
    }
