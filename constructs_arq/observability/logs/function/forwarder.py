"""Send the events of a log group to Alloy. Lambda runs this file, so it imports the standard library only.

CloudWatch calls the function asynchronously. After an exception, Lambda repeats the event, and then puts it
into the dead-letter queue. Lines can have secrets, which only Alloy removes. So neither logs nor exceptions
have lines.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample
"""

import base64
import gzip
import json
import ssl
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Final, Protocol, TypedDict
from urllib.parse import urlsplit

SETTINGS_FILE: Final = "settings.json"
_DATA: Final = "DATA_MESSAGE"
_BATCH_BYTES: Final = 1024 * 1024
_NANOSECONDS_PER_MILLISECOND: Final = 1_000_000
_MILLISECONDS: Final = 1000
# Lambda ends the function at its timeout, without an exception.
_RESERVED_SECONDS: Final = 2.0


class LogEvent(TypedDict):
    """A line of a log stream, with its time in milliseconds."""

    timestamp: int
    message: str


class Message(TypedDict):
    """Events of one log stream, as CloudWatch sends them."""

    messageType: str
    logGroup: str
    logStream: str
    subscriptionFilters: Sequence[str]
    logEvents: Sequence[LogEvent]


class Settings(TypedDict):
    """Address of Alloy, and the longest time for one request."""

    url: str
    timeout_seconds: float


class Context(Protocol):
    """The run of the function."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the time until Lambda ends the run."""
        ...


class ForwardError(Exception):
    """Alloy did not take all lines. The message has no line."""


def handle(event: Mapping[str, Mapping[str, str]], context: Context) -> None:
    """Send the events of a subscription to Alloy.

    After a failed batch, the others are still sent. A repeated event sends all batches again: the same line
    has the same time, so Loki stores it once.

    Raises:
        ForwardError: if Alloy did not take a batch.
    """
    message = decode(event)
    if message["messageType"] != _DATA:
        # CloudWatch checks with a control message whether it can call the function.
        return
    settings = read_settings()
    failures: list[str] = []
    batches = list(make_batches(message))
    for batch in batches:
        seconds = context.get_remaining_time_in_millis() / _MILLISECONDS - _RESERVED_SECONDS
        if seconds <= 0:
            failures.append("no time left")
            continue
        try:
            send(batch, url=settings["url"], timeout_seconds=min(seconds, settings["timeout_seconds"]))
        except (OSError, HTTPException) as error:
            failures.append(type(error).__name__)
        except ForwardError as error:
            failures.append(str(error))
    # Lambda writes the output to the log group of the function.
    print(
        json.dumps(
            {
                "event": "forwarded",
                "log_group": message["logGroup"],
                "lines": len(message["logEvents"]),
                "batches": len(batches),
                "failed_batches": len(failures),
            }
        )
    )
    if failures:
        raise ForwardError(
            f"Alloy did not take {len(failures)} of {len(batches)} batches of {message['logGroup']}: "
            f"{', '.join(sorted(set(failures)))}"
        )


def decode(event: Mapping[str, Mapping[str, str]]) -> Message:
    """Return the message in the event of a subscription: JSON, compressed with gzip, in base64."""
    message: Message = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    return message


def read_settings() -> Settings:
    """Return the settings that synthesis put beside this file."""
    settings: Settings = json.loads(Path(__file__).with_name(SETTINGS_FILE).read_text(encoding="utf-8"))
    return settings


def make_batches(message: Message) -> Iterator[bytes]:
    """Yield requests for Loki's API, each with about a megabyte of lines.

    The labels have few values. The stream has many, so it is structured metadata. The subscription has the
    name of the kind of log.
    https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
    """
    labels = {"log_group": message["logGroup"], "source": message["subscriptionFilters"][0]}
    metadata = {"log_stream": message["logStream"]}
    values: list[object] = []
    size = 0
    for nanoseconds, line in _timed_lines(message["logEvents"]):
        if values and size + len(line) > _BATCH_BYTES:
            yield _encode(labels, values)
            values, size = [], 0
        values.append([str(nanoseconds), line, metadata])
        size += len(line)
    if values:
        yield _encode(labels, values)


def send(body: bytes, *, url: str, timeout_seconds: float) -> None:
    """Send a request with a verified certificate. The timeout is for each wait on the network.

    Raises:
        ForwardError: if the answer is no success. Its body can repeat lines, so it is not read.
    """
    address = urlsplit(url)
    connection = HTTPSConnection(
        address.hostname or "",
        address.port,
        timeout=timeout_seconds,
        context=ssl.create_default_context(),
    )
    try:
        connection.request(
            "POST",
            address.path,
            body=gzip.compress(body),
            headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
        )
        status = connection.getresponse().status
    finally:
        connection.close()
    if not 200 <= status < 300:  # noqa: PLR2004 - the range of success
        raise ForwardError(f"status {status}")


def _timed_lines(events: Sequence[LogEvent]) -> Iterator[tuple[int, str]]:
    """Yield the lines with different times, in order: of equal lines with equal times, Loki keeps one."""
    last, count = -1, 0
    for event in events:
        count = count + 1 if event["timestamp"] == last else 0
        last = event["timestamp"]
        yield last * _NANOSECONDS_PER_MILLISECOND + count, event["message"]


def _encode(labels: Mapping[str, str], values: Sequence[object]) -> bytes:
    return json.dumps({"streams": [{"stream": labels, "values": values}]}).encode()
