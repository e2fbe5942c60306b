"""Receipts of entries, in a real PostgreSQL and a simulated SQS (moto)."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import boto3
import httpx
import psycopg
import pytest
from moto import mock_aws

from services.api import heartbeat, outbox, queue, receipts
from services.api.queue import Receiver, Sender
from services.api.settings import SettingsError, read_settings, read_worker_settings
from services.api.worker_metrics import WorkerMetrics, serving_metrics
from tests.reference_app.client import use
from tests.reference_app.dependencies import Dependencies
from tests.reference_app.ports import free_port
from tests.reference_app.test_ledger import add, open_account

pytestmark = pytest.mark.slow

REGION = "eu-west-1"


class Rounds(Event):
    """Stops a worker before it begins one more round than `count`."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._left = count

    def is_set(self) -> bool:
        self._left -= 1
        return self._left < 0


@pytest.fixture(autouse=True)
def sqs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """SQS without a network. A receipt does not wait for messages."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr(queue, "_WAIT_SECONDS", 0)
    monkeypatch.setattr(receipts, "_SECONDS_AFTER_FAILURE", 0)
    for name in ("_SECONDS_AFTER_FAILURE", "_SECONDS_BETWEEN_BATCHES", "_SECONDS_BETWEEN_MEASUREMENTS"):
        monkeypatch.setattr(outbox, name, 0.01)
    monkeypatch.setattr(heartbeat, "FILE", tmp_path / "alive")
    with mock_aws():
        yield boto3.Session().client("sqs", region_name=REGION)


@pytest.fixture
def dead_letters(sqs: Any) -> str:
    url: str = sqs.create_queue(QueueName="dead")["QueueUrl"]
    return url


@pytest.fixture
def messages(sqs: Any, dead_letters: str) -> str:
    """A queue that sends a message at most twice, and again at once."""
    target = sqs.get_queue_attributes(QueueUrl=dead_letters, AttributeNames=["QueueArn"])["Attributes"]
    redrive = {"deadLetterTargetArn": target["QueueArn"], "maxReceiveCount": 2}
    attributes = {"VisibilityTimeout": "0", "RedrivePolicy": json.dumps(redrive)}
    url: str = sqs.create_queue(QueueName="receipts", Attributes=attributes)["QueueUrl"]
    return url


@pytest.fixture
def environ(dependencies: Dependencies, messages: str) -> Mapping[str, str]:
    """The variables of the API and of the worker."""
    return {
        **dependencies.environ,
        "AWS_REGION": REGION,
        "RECEIPTS_QUEUE_URL": messages,
        "QUEUE_URL": messages,
    }


def count(sqs: Any, url: str) -> int:
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return sum(
        int(attributes[f"ApproximateNumberOfMessages{suffix}"]) for suffix in ("", "NotVisible", "Delayed")
    )


def book(dependencies: Dependencies, environ: Mapping[str, str], *amounts: int) -> None:
    async def steps(client: httpx.AsyncClient) -> None:
        account = await open_account(client)
        for amount in amounts:
            assert (await add(client, account, amount)).status_code == 201
        await wait_until_sent(dependencies)

    use(environ, steps)


def unsent(dependencies: Dependencies) -> int:
    """Return the number of stored requests."""
    with dependencies.postgres.connect("api") as connection:
        return connection.execute("SELECT FROM api.receipt_requests").rowcount


async def wait_until_sent(dependencies: Dependencies) -> None:
    for _ in range(500):
        if unsent(dependencies) == 0:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the API did not send the requests for receipts")


async def wait_for_metric(client: httpx.AsyncClient, line: str) -> None:
    for _ in range(500):
        if line in (metrics := (await client.get("/metrics")).text).splitlines():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(metrics)


def work(environ: Mapping[str, str], rounds: int) -> Callable[[str], float | None]:
    """Run the worker for some rounds, and return a function that reads its metrics."""
    settings = read_worker_settings({**environ, "DATABASE_USER": "receipts"})
    metrics = WorkerMetrics("1.2.3")
    receipts.run_worker(settings, Rounds(rounds), metrics)

    def read(sample: str) -> float | None:
        name, _, result = sample.partition("/")
        return metrics.registry.get_sample_value(name, {"result": result} if result else {})

    return read


def stored(dependencies: Dependencies) -> list[object]:
    with dependencies.postgres.connect("receipts") as connection:
        return [text for (text,) in connection.execute("SELECT content FROM api.receipts ORDER BY entry_id")]


def test_each_entry_gets_a_receipt(
    dependencies: Dependencies, environ: Mapping[str, str], sqs: Any, messages: str
) -> None:
    book(dependencies, environ, 123456, -5)
    assert count(sqs, messages) == 2
    metric = work(environ, rounds=4)
    assert stored(dependencies) == ["EUR 1234.56 rent", "EUR -0.05 rent"]
    assert count(sqs, messages) == 0
    assert metric("message_duration_seconds_count/processed") == 2
    assert metric("message_duration_seconds_count/failed") == 0


def test_a_repeated_message_changes_nothing(
    dependencies: Dependencies, environ: Mapping[str, str], sqs: Any, messages: str
) -> None:
    book(dependencies, environ, 700)
    sqs.send_message(QueueUrl=messages, MessageBody=json.dumps({"entry": 1}))
    work(environ, rounds=3)
    assert stored(dependencies) == ["EUR 7.00 rent"]
    assert count(sqs, messages) == 0


@pytest.mark.parametrize("body", ['{"entry": 99}', '{"entry": "1"}', "[]", "not JSON"])
def test_a_message_that_fails_goes_to_the_dead_letter_queue_after_its_last_attempt(
    environ: Mapping[str, str], sqs: Any, messages: str, dead_letters: str, body: str
) -> None:
    sqs.send_message(QueueUrl=messages, MessageBody=body)
    metric = work(environ, rounds=2)
    assert metric("message_duration_seconds_count/failed") == 1
    assert count(sqs, messages) == 1
    work(environ, rounds=4)
    assert (count(sqs, messages), count(sqs, dead_letters)) == (0, 1)


def test_a_message_is_deleted_after_its_receipt_is_stored(
    dependencies: Dependencies, environ: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    book(dependencies, environ, 700)
    seen: list[object] = []
    delete = Receiver.delete

    def observe(receiver: Receiver, message: queue.Message) -> None:
        # This is another connection, so it sees only what is committed.
        seen.extend(stored(dependencies))
        delete(receiver, message)

    monkeypatch.setattr(Receiver, "delete", observe)
    work(environ, rounds=3)
    assert seen == ["EUR 7.00 rent"]


def test_after_sigterm_the_worker_finishes_its_message_and_ends(
    dependencies: Dependencies,
    environ: Mapping[str, str],
    sqs: Any,
    messages: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book(dependencies, environ, 700, 800)
    issue = receipts.issue_receipt

    def issue_during_shutdown(connection: receipts.Connection, entry: int) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        issue(connection, entry)

    monkeypatch.setattr(receipts, "issue_receipt", issue_during_shutdown)
    changed = {"DATABASE_USER": "receipts", "METRICS_PORT": str(free_port())}
    for name, value in {**environ, **changed}.items():
        monkeypatch.setenv(name, value)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        assert receipts.main() == 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert len(stored(dependencies)) == 1
    assert count(sqs, messages) == 1


def test_without_a_database_no_message_loses_an_attempt(
    environ: Mapping[str, str], sqs: Any, messages: str, dead_letters: str
) -> None:
    sqs.send_message(QueueUrl=messages, MessageBody='{"entry": 1}')
    settings = {**environ, "DATABASE_PORT": "1"}
    assert work(settings, rounds=5)("dependency_failures_total") == 5
    assert (count(sqs, messages), count(sqs, dead_letters)) == (1, 0)
    [message] = sqs.receive_message(QueueUrl=messages, AttributeNames=["All"])["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert heartbeat.main() == 0


def test_a_lost_connection_is_replaced(
    dependencies: Dependencies, environ: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    book(dependencies, environ, 700)
    issue, failures = receipts.issue_receipt, [psycopg.OperationalError("closed")]

    def issue_after_failure(connection: receipts.Connection, entry: int) -> None:
        if failures:
            raise failures.pop()
        issue(connection, entry)

    monkeypatch.setattr(receipts, "issue_receipt", issue_after_failure)
    work(environ, rounds=6)
    assert stored(dependencies) == ["EUR 7.00 rent"]


def test_a_failure_of_the_queue_fails_no_booking_and_loses_no_receipt(
    dependencies: Dependencies, environ: Mapping[str, str], sqs: Any, messages: str
) -> None:
    async def steps(client: httpx.AsyncClient) -> list[int]:
        account, key = await open_account(client), str(uuid4())
        sqs.delete_queue(QueueUrl=messages)
        booked = [(await add(client, account, 700, key=key)).status_code for _ in range(2)]
        # The API tries to send it meanwhile.
        await wait_for_metric(client, "receipt_requests_waiting 1.0")
        waiting = unsent(dependencies)
        sqs.create_queue(QueueName="receipts")
        await wait_for_metric(client, "receipt_requests_waiting 0.0")
        assert unsent(dependencies) == 0
        return [*booked, waiting, (await client.get(account)).json()["balance_minor"]]

    assert use(environ, steps) == [201, 201, 1, 700]
    assert count(sqs, messages) == 1


def test_a_process_sends_the_requests_that_another_one_stored(
    dependencies: Dependencies,
    environ: Mapping[str, str],
    sqs: Any,
    messages: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As after a process that ended between its commit and its message."""
    amounts = range(1, 2 + queue.MAX_BATCH)

    async def store(client: httpx.AsyncClient) -> None:
        account = await open_account(client)
        for amount in amounts:
            assert (await add(client, account, amount)).status_code == 201

    with monkeypatch.context() as failing:
        failing.setattr(Sender, "send_entries", Mock(side_effect=SystemError))
        use(environ, store)
    assert (unsent(dependencies), count(sqs, messages)) == (len(amounts), 0)
    use(environ, lambda _: wait_until_sent(dependencies))
    work(environ, rounds=len(amounts) + 1)
    assert stored(dependencies) == [f"EUR 0.{amount:02} rent" for amount in amounts]


def test_a_batch_that_the_queue_refuses_in_part_is_an_error(messages: str) -> None:
    sender = Sender(url=messages, region=REGION)
    answer = {"Successful": [{"Id": "1"}], "Failed": [{"Id": "2"}]}
    sender._client = Mock(send_message_batch=Mock(return_value=answer))
    with pytest.raises(queue.MessageRefusedError, match="SQS refused 1 of 2 messages"):
        sender.send_entries([1, 2])


def test_a_refused_entry_requests_no_receipt(
    dependencies: Dependencies, environ: Mapping[str, str], sqs: Any, messages: str
) -> None:
    async def steps(client: httpx.AsyncClient) -> int:
        return (await add(client, await open_account(client), -1)).status_code

    assert use(environ, steps) == 409
    assert (unsent(dependencies), count(sqs, messages)) == (0, 0)


def test_without_a_queue_the_api_books_entries(dependencies: Dependencies, sqs: Any, messages: str) -> None:
    book(dependencies, dependencies.environ, 700)
    assert count(sqs, messages) == 0


def test_a_worker_that_hangs_is_not_alive() -> None:
    assert heartbeat.main() == 1
    heartbeat.show_life()
    assert heartbeat.main() == 0
    old = time.time() - 120
    os.utime(heartbeat.FILE, (old, old))
    assert heartbeat.main() == 1


def test_prometheus_and_the_kubelet_ask_the_worker_at_its_port() -> None:
    metrics, port = WorkerMetrics("1.2.3"), free_port()
    with serving_metrics(metrics, port=port, is_alive=heartbeat.is_alive):
        url = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{url}/healthz").status_code == 503
        heartbeat.show_life()
        assert httpx.get(f"{url}/healthz").status_code == 200
        metrics.observe(succeeded=False, seconds=1)
        answer = httpx.get(f"{url}/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=")
        assert 'message_duration_seconds_count{result="failed"} 1.0' in answer.text
        # Without a message, the increase to the first one would not be visible.
        assert 'message_duration_seconds_count{result="processed"} 0.0' in answer.text
        assert httpx.get(f"{url}/metrics/x").status_code == 404
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/metrics")


def test_the_clients_wait_no_longer_than_the_pod_has_time() -> None:
    url = "https://sqs.eu-west-1.amazonaws.com/111122223333/receipts"
    receiving = Receiver(url=url, region=REGION)._client.meta.config
    # The grace of a worker's pod has 20 seconds for a receipt.
    assert receiving.read_timeout > 20
    sending = Sender(url=url, region=REGION)._client.meta.config
    attempts = sending.retries["total_max_attempts"]
    assert attempts * (sending.connect_timeout + sending.read_timeout) <= 10


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"RECEIPTS_QUEUE_URL": "receipts"}, "RECEIPTS_QUEUE_URL: String should match"),
        ({"AWS_REGION": ""}, "set AWS_REGION for RECEIPTS_QUEUE_URL"),
    ],
)
def test_invalid_settings_of_the_queue_are_refused(
    environ: Mapping[str, str], change: Mapping[str, str], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        read_settings({**environ, **change})
