"""The queue of receipts on SQS: the API sends the ids of entries, and a worker receives them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

MAX_BATCH = 10
"""The most messages that SQS accepts at once."""
QUEUE_ERRORS = (BotoCoreError, ClientError)
"""The errors of SQS, its network and its credentials."""

# The longest that SQS waits for a message, and some time for its answer.
_WAIT_SECONDS = 20
_RECEIVE_SECONDS = 30
# A database connection waits for these, and the end of the process.
_CONNECT_SECONDS, _SEND_SECONDS, _ATTEMPTS = 2, 3, 2


@dataclass(frozen=True, kw_only=True)
class Message:
    """A received message. SQS can send it again, also after its deletion."""

    body: str
    receipt_handle: str


class MessageRefusedError(Exception):
    """SQS did not accept some messages of a batch."""


class Sender:
    """Sends messages. Threads can share it."""

    def __init__(self, *, url: str, region: str) -> None:
        self._url = url
        self._client = _make_client(region, read_seconds=_SEND_SECONDS)

    def send_entries(self, entries: Sequence[int]) -> None:
        """Send the ids of at most `MAX_BATCH` entries, each as a message.

        Raises:
            MessageRefusedError: if SQS did not accept all messages. It can have accepted some.
        """
        batch = [{"Id": str(entry), "MessageBody": json.dumps({"entry": entry})} for entry in entries]
        answer = self._client.send_message_batch(QueueUrl=self._url, Entries=batch)
        if refused := answer.get("Failed"):
            raise MessageRefusedError(f"SQS refused {len(refused)} of {len(batch)} messages")


class Receiver:
    """Receives messages one by one: a worker that stops has no other message."""

    def __init__(self, *, url: str, region: str) -> None:
        self._url = url
        self._client = _make_client(region, read_seconds=_RECEIVE_SECONDS)

    def receive(self) -> Message | None:
        """Wait for a message. Return None if there is none for a time."""
        answer = self._client.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=1, WaitTimeSeconds=_WAIT_SECONDS
        )
        for each in answer.get("Messages", []):
            return Message(body=each["Body"], receipt_handle=each["ReceiptHandle"])
        return None

    def delete(self, message: Message) -> None:
        """Delete a message after its work is stored."""
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message.receipt_handle)


def read_entry(message: Message) -> int:
    """Return the id of the entry in a message.

    Raises:
        ValueError: if the message has no id.
    """
    content = json.loads(message.body)
    entry = content.get("entry") if isinstance(content, dict) else None
    if type(entry) is not int:
        raise ValueError("the message has no entry")
    return entry


def _make_client(region: str, *, read_seconds: int) -> Any:  # noqa: ANN401  # boto3 makes the class at run time
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
    )
    return boto3.Session().client("sqs", region_name=region, config=config)
