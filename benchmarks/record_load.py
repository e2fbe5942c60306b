"""Records the resources that the reference API uses under a changing load, for tests of scaling.

`python -m benchmarks.record_load FILE` starts the API in its own process, with PostgreSQL and Redis on
loopback, and drives the load of `load_profile` for three minutes. Each line of FILE is one second: complete
requests, CPU time of the API's process, and its resident memory.
"""

import asyncio
import json
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from uuid import uuid4

import typer

from benchmarks.load_profile import SECONDS, draw_arrivals
from benchmarks.processes import cpu_seconds, resident_kib
from tests.arqctl.database.postgres_server import programs_folder, running_server
from tests.reference_app.api_process import ApiProcess, running_api
from tests.reference_app.dependencies import prepared
from tests.reference_app.redis_server import running_redis
from tests.services.http_connection import Connection, Response
from tests.services.load import encode_request

_CUSTOMERS = 24
_READS_PER_ENTRY = 4
_HEADER = """\
# Recorded with `python -m benchmarks.record_load`: {date}, seed {seed}, rates x {scale}.
# The reference API in one process ({python}, {machine}, {cpus} CPUs that other programs share),
# with PostgreSQL and Redis on loopback. Random arrivals of {customers} customers, who book one entry for
# {reads} reads: a ramp, a plateau, two spikes and a random walk. {failed} of {total} requests failed.
second,requests,cpu_seconds,resident_mib
"""


@dataclass
class Load:
    """Customers of the ledger. Each has a connection and waits for its response before its next request."""

    port: int
    waiting: asyncio.Queue[float] = field(default_factory=asyncio.Queue)
    complete: int = 0
    failed: int = 0

    async def drive(self, arrivals: Iterator[float]) -> None:
        """Send a request at each time, or later if all customers wait."""
        customers = [asyncio.create_task(self._act_as_customer()) for _ in range(_CUSTOMERS)]
        start = time.perf_counter()
        for arrival in arrivals:
            await asyncio.sleep(max(0.0, start + arrival - time.perf_counter()))
            self.waiting.put_nowait(arrival)
        for customer in customers:
            customer.cancel()
        await asyncio.gather(*customers, return_exceptions=True)

    async def _act_as_customer(self) -> None:
        connection = await Connection.open(self.port)
        session = await connection.exchange(encode_request("POST", "/api/session", {}, None))
        cookie = {"Cookie": session.headers["set-cookie"].split(";")[0]}
        created = await connection.exchange(
            encode_request("POST", "/api/accounts", cookie, {"currency": "EUR"})
        )
        path = f"/api/accounts/{json.loads(created.body)['id']}"
        entry = {"amount_minor": 1, "reference": "load"}
        number = 0
        while True:
            await self.waiting.get()
            if number % (1 + _READS_PER_ENTRY):
                request = encode_request("GET", path, cookie, None)
            else:
                headers = {**cookie, "Idempotency-Key": str(uuid4())}
                request = encode_request("POST", f"{path}/entries", headers, entry)
            self._count(await connection.exchange(request))
            number += 1

    def _count(self, response: Response) -> None:
        self.complete += 1
        self.failed += response.status not in (HTTPStatus.OK, HTTPStatus.CREATED)


def main(
    file: Path,
    seed: int = typer.Option(11, help="Seed of the arrivals."),
    scale: float = typer.Option(1, help="Factor of all rates."),
    seconds: int = typer.Option(SECONDS, help="Length.", min=2, max=600),
) -> None:
    """Record the load in a new file."""
    with _api() as api:
        load, lines = asyncio.run(_record(api, draw_arrivals(seed, seconds=seconds, scale=scale), seconds))
    header = _HEADER.format(
        date=time.strftime("%Y-%m-%d"),
        seed=seed,
        scale=scale,
        python=f"Python {platform.python_version()}",
        machine=platform.machine(),
        cpus=os.cpu_count(),
        customers=_CUSTOMERS,
        reads=_READS_PER_ENTRY,
        failed=load.failed,
        total=load.complete,
    )
    file.write_text(header + "".join(lines))


@contextmanager
def _api() -> Iterator[ApiProcess]:
    programs = programs_folder()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed: run scripts/install_test_programs")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(programs) as postgres,
        running_redis() as redis,
        prepared(postgres, redis, Path(folder)) as dependencies,
    ):
        dependencies.migrate()
        with running_api({**dependencies.environ, "LOG_LEVEL": "info"}, Path(folder)) as api:
            yield api


async def _record(api: ApiProcess, arrivals: Iterator[float], seconds: int) -> tuple[Load, list[str]]:
    load = Load(api.port)
    driving = asyncio.create_task(load.drive(arrivals))
    lines, start, pid = [], time.perf_counter(), api.process.pid
    requests, used = 0, cpu_seconds(pid)
    for second in range(seconds):
        await asyncio.sleep(max(0.0, start + second + 1 - time.perf_counter()))
        requests_now, used_now = load.complete, cpu_seconds(pid)
        lines.append(
            f"{second},{requests_now - requests},{used_now - used:.2f},{resident_kib(pid) / 1024:.1f}\n"
        )
        requests, used = requests_now, used_now
    await driving
    return load, lines


if __name__ == "__main__":
    typer.run(main)
