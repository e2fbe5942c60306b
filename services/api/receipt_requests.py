"""Requests for receipts: the API sends the id of each entry to a queue."""

from asyncio import to_thread
from collections.abc import Awaitable, Callable

from services.api.queue import Sender
from services.api.settings import ReceiptSettings

RequestReceipt = Callable[[int], Awaitable[None]]
"""Requests the receipt of an entry that is stored."""


def make_receipt_requests(settings: ReceiptSettings) -> RequestReceipt:
    """Return the function that requests receipts. Without a queue it has no effect."""
    if settings.url is None or settings.region is None:
        return _request_nothing
    sender = Sender(url=settings.url, region=settings.region)

    async def request_receipt(entry: int) -> None:
        await to_thread(sender.send_entry, entry)

    return request_receipt


async def _request_nothing(_: int) -> None:
    pass
