"""Accounts, entries and sessions, in a real PostgreSQL and a real Redis."""

import asyncio
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.reference_app.client import connected, use
from tests.reference_app.dependencies import Dependencies


async def open_account(client: httpx.AsyncClient, currency: str = "EUR") -> str:
    """Start a session, open an account, and return its path."""
    assert (await client.post("/api/session")).status_code == 201
    opened = await client.post("/api/accounts", json={"currency": currency})
    assert opened.status_code == 201, opened.text
    return f"/api/accounts/{opened.json()['id']}"


async def add(
    client: httpx.AsyncClient, account: str, amount: int, reference: str = "rent", key: str | None = None
) -> httpx.Response:
    return await client.post(
        f"{account}/entries",
        json={"amount_minor": amount, "reference": reference},
        headers={"Idempotency-Key": key or str(uuid4())},
    )


def test_entries_change_the_balance(dependencies: Dependencies) -> None:
    async def steps(client: httpx.AsyncClient) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        account = await open_account(client)
        for amount in (1000, 500, -300):
            assert (await add(client, account, amount)).status_code == 201
        return (await client.get(account)).json(), (await client.get(f"{account}/entries")).json()

    account, entries = use(dependencies.environ, steps)
    assert (account["balance_minor"], account["currency"]) == (1200, "EUR")
    assert [each["amount_minor"] for each in entries] == [-300, 500, 1000]


def test_pages_of_entries_have_no_gaps(dependencies: Dependencies) -> None:
    async def steps(client: httpx.AsyncClient) -> list[int]:
        account = await open_account(client)
        for amount in range(1, 6):
            await add(client, account, amount)
        first = (await client.get(f"{account}/entries?limit=2")).json()
        rest = (await client.get(f"{account}/entries?before={first[-1]['id']}")).json()
        return [each["amount_minor"] for each in first + rest]

    assert use(dependencies.environ, steps) == [5, 4, 3, 2, 1]


def test_a_repeated_key_adds_one_entry(dependencies: Dependencies) -> None:
    async def steps(client: httpx.AsyncClient) -> tuple[list[httpx.Response], int]:
        account, key = await open_account(client), str(uuid4())
        same = [await add(client, account, 700, key=key) for _ in range(2)]
        other = await add(client, account, 701, key=key)
        return [*same, other], (await client.get(account)).json()["balance_minor"]

    (first, second, other), balance = use(dependencies.environ, steps)
    assert first.json() == second.json()
    assert (other.status_code, other.json()) == (
        409,
        {"detail": "the idempotency key belongs to another entry"},
    )
    assert balance == 700


def test_parallel_withdrawals_do_not_overdraw(dependencies: Dependencies) -> None:
    async def steps(client: httpx.AsyncClient) -> tuple[list[int], int]:
        account = await open_account(client)
        await add(client, account, 500)
        answers = await asyncio.gather(*(add(client, account, -100) for _ in range(12)))
        return [each.status_code for each in answers], (await client.get(account)).json()["balance_minor"]

    statuses, balance = use(dependencies.environ, steps)
    assert (sorted(statuses), balance) == ([201] * 5 + [409] * 7, 0)


def test_a_balance_has_an_upper_bound(dependencies: Dependencies) -> None:
    async def steps(client: httpx.AsyncClient) -> httpx.Response:
        account = await open_account(client)
        with dependencies.postgres.connect("api") as connection:
            connection.execute("UPDATE api.accounts SET balance_minor = 10::bigint ^ 15")
        return await add(client, account, 1)

    refused = use(dependencies.environ, steps)
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "the balance would not be between 0 and 1000000000000000",
    )


def test_metrics_show_the_pool_and_no_ids(dependencies: Dependencies) -> None:
    async def steps(client: httpx.AsyncClient) -> tuple[str, str]:
        account = await open_account(client)
        await client.get(account)
        return account, (await client.get("/metrics")).text

    account, metrics = use(dependencies.environ, steps)
    # Connections that are being opened count as used.
    states = re.findall(r'database_pool_connections{state="(\w+)"} (\d+)\.0', metrics)
    assert [state for state, _ in states] == ["idle", "used"]
    assert 2 <= sum(int(count) for _, count in states) <= 9
    assert "database_pool_waiting_requests 0.0" in metrics
    count = 'http_request_duration_seconds_count{method="GET",route="/api/accounts/{account}",status="200"}'
    assert f"{count} 1.0" in metrics
    assert account not in metrics


def test_customers_see_only_their_accounts(dependencies: Dependencies) -> None:
    async def steps(client: httpx.AsyncClient) -> list[int]:
        account = await open_account(client)
        await open_account(client, "USD")
        foreign = [
            await client.get(account),
            await client.get(f"{account}/entries"),
            await add(client, account, 1),
        ]
        assert [each["currency"] for each in (await client.get("/api/accounts")).json()] == ["USD"]
        return [each.status_code for each in foreign]

    assert use(dependencies.environ, steps) == [404, 404, 404]


def test_an_ended_session_opens_nothing(dependencies: Dependencies) -> None:
    async def steps(client: httpx.AsyncClient) -> list[int]:
        account = await open_account(client)
        token = client.cookies["session"]
        statuses = [(await client.delete("/api/session")).status_code]
        assert "session" not in client.cookies
        for cookie in (token, "x" * 43, "../../etc/passwd"):
            client.cookies.set("session", cookie)
            statuses.append((await client.get(account)).status_code)
        return statuses

    assert use(dependencies.environ, steps) == [204, 401, 401, 401]


def test_the_cache_has_no_tokens_and_forgets_sessions(dependencies: Dependencies) -> None:
    async def steps(client: httpx.AsyncClient) -> tuple[str, list[str]]:
        started = await client.post("/api/session")
        assert (await client.get("/api/session")).json() == {"seconds": 28800}
        return client.cookies["session"], started.headers.get_list("set-cookie")

    token, cookies = use({**dependencies.environ, "SECURE_COOKIES": ""}, steps)
    assert all("HttpOnly; Max-Age=28800; Path=/; SameSite=strict; Secure" in each for each in cookies)
    with dependencies.redis.client() as client:
        (key,) = client.keys("*")
        assert token not in key
        assert 28000 < client.ttl(key) <= 28800


@pytest.mark.parametrize(
    "body",
    [
        {"amount_minor": 10**13, "reference": "x"},
        {"amount_minor": 1.5, "reference": "x"},
        {"amount_minor": 0, "reference": "x"},
        {"amount_minor": 1, "reference": ""},
        {"amount_minor": 1, "reference": "a\x00b"},
    ],
)
def test_invalid_entries_are_refused(dependencies: Dependencies, body: dict[str, Any]) -> None:
    async def steps(client: httpx.AsyncClient) -> int:
        account = await open_account(client)
        headers = {"Idempotency-Key": str(uuid4())}
        return (await client.post(f"{account}/entries", json=body, headers=headers)).status_code

    assert use(dependencies.environ, steps) == 422


def test_no_request_fails_after_all_connections_closed(dependencies: Dependencies) -> None:
    """As after a failover, or after twelve hours with the same token of the cache."""

    async def steps(client: httpx.AsyncClient) -> list[int]:
        account = await open_account(client)
        await asyncio.gather(*(client.get(account) for _ in range(10)))
        with dependencies.postgres.connect("rdsadmin") as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'shop-api'"
            )
        with dependencies.redis.client() as redis:
            redis.client_kill_filter(_type="normal", skipme=True)
        return [(await client.get(account)).status_code for _ in range(10)]

    assert use(dependencies.environ, steps) == [200] * 10


def test_a_process_whose_requests_use_all_connections_is_ready(dependencies: Dependencies) -> None:
    """Otherwise, under load, one pod after the other would get no requests, and the others more."""

    async def steps(client: httpx.AsyncClient) -> tuple[httpx.Response, list[int]]:
        account = await open_account(client)
        with dependencies.postgres.connect("api") as blocking, blocking.transaction():
            blocking.execute("SELECT * FROM api.accounts FOR UPDATE")
            waiting = [asyncio.create_task(add(client, account, 1)) for _ in range(3)]
            while "database_pool_waiting_requests 2.0" not in (await client.get("/metrics")).text:
                await asyncio.sleep(0.01)
            readiness = await client.get("/readyz")
        return readiness, [each.status_code for each in await asyncio.gather(*waiting)]

    readiness, statuses = use({**dependencies.environ, "DATABASE_POOL_SIZE": "2"}, steps)
    assert (readiness.status_code, readiness.json()["dependencies"]["database"]) == (200, "ok")
    assert statuses == [201] * 3


@pytest.mark.slow
def test_the_services_answer_503_while_the_database_is_away(dependencies: Dependencies) -> None:
    async def run() -> tuple[httpx.Response, httpx.Response, int]:
        async with connected(dependencies.environ) as client:
            account = await open_account(client)
            with dependencies.postgres.connect("rdsadmin", "postgres") as connection:
                connection.execute("ALTER DATABASE app ALLOW_CONNECTIONS false")
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'app'"
                )
            answer, readiness = await client.get(account), await client.get("/readyz")
            with dependencies.postgres.connect("rdsadmin", "postgres") as connection:
                connection.execute("ALTER DATABASE app ALLOW_CONNECTIONS true")
            return answer, readiness, (await client.get("/healthz")).status_code

    answer, readiness, liveness = asyncio.run(run())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert readiness.status_code == 503
    assert readiness.json()["dependencies"] == {"database": "unavailable", "cache": "ok"}
    assert liveness == 200
