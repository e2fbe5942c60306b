"""Retries depend on the response, which may also name the wait."""

import time
from collections.abc import Callable

import pytest
from pydantic import TypeAdapter

from arqctl.forge.api import Api
from arqctl.forge.errors import ApiError
from arqctl.forge.retry import RetryableError
from tests.arqctl.forge.servers import Answer, NetworkFailure, Request, Server

NUMBER = TypeAdapter(int)
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}


@pytest.fixture
def forge() -> Callable[[Request], Answer]:
    return lambda _: Answer(200, 3)


@pytest.fixture
def api(server: Server) -> Api:
    return Api("GitHub", server.url, ("Authorization", "Bearer t0ken"))


def test_a_response_is_validated(api: Api) -> None:
    assert api.request("GET", "/number", NUMBER) == 3


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_limit_with_retry_after(api: Api, server: Server, status: int) -> None:
    server.first.append(Answer(status, {"message": "Slow down"}, {"Retry-After": "30"}))
    with pytest.raises(RetryableError) as raised:
        api.request("GET", "/number", NUMBER)
    assert raised.value.retry_after == 30


def test_the_hourly_limit(api: Api, server: Server) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 240)}
    server.first.append(Answer(403, {"message": "API rate limit exceeded for installation."}, headers))
    with pytest.raises(RetryableError, match="limits the rate of requests") as raised:
        api.request("GET", "/number", NUMBER)
    assert raised.value.retry_after == pytest.approx(240, abs=5)


@pytest.mark.parametrize("status", [403, 429])
def test_the_secondary_limit_names_no_time(api: Api, server: Server, status: int) -> None:
    headers = {"X-RateLimit-Remaining": "4981", "X-RateLimit-Reset": str(int(time.time()) + 2400)}
    server.first.append(Answer(status, SECONDARY, headers))
    with pytest.raises(RetryableError, match="limits the rate of requests") as raised:
        api.request("GET", "/number", NUMBER)
    assert (raised.value.retry_after, raised.value.first_wait) == (None, 60)


def test_a_missing_permission_is_no_limit(api: Api, server: Server) -> None:
    headers = {"X-RateLimit-Remaining": "4981", "X-RateLimit-Reset": str(int(time.time()) + 2400)}
    server.first.append(Answer(403, {"message": "Resource not accessible by integration"}, headers))
    with pytest.raises(ApiError) as raised:
        api.request("GET", "/number", NUMBER)
    assert (raised.value.status, raised.value.message) == (403, "Resource not accessible by integration")


@pytest.mark.parametrize("failure", list(NetworkFailure))
def test_no_response_can_be_retried(api: Api, server: Server, failure: NetworkFailure) -> None:
    server.first.append(failure)
    impatient = Api(api.forge, api.url, api.auth_header, timeout=(0.2, 0.2))
    with pytest.raises(RetryableError, match=r"GitHub (doesn't answer in time|can't be reached)"):
        impatient.request("GET", "/number", NUMBER)


def test_no_server_can_be_retried() -> None:
    with pytest.raises(RetryableError, match="can't be reached"):
        Api("GitHub", "http://127.0.0.1:1", ("Authorization", "t0ken")).request("GET", "/number", NUMBER)


def test_an_untrusted_connection_is_not_retried(server: Server) -> None:
    secured = Api("GitHub", server.url.replace("http:", "https:"), ("Authorization", "t0ken"))
    with pytest.raises(ApiError) as raised:
        secured.request("GET", "/number", NUMBER)
    assert raised.value.status == 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"message": "Not Found", "documentation_url": "https://docs.github.com"}, "Not Found"),
        ({"message": "Failed", "errors": [{"message": "too long", "code": 3}, "Failed"]}, "Failed too long"),
        ({"message": {"note": ["can't be blank"]}}, "can't be blank"),
        ({"error": "insufficient_scope"}, "insufficient_scope"),
        ({"message": "line\nline \x1b[2J \u202e"}, "line line  [2J  "),
        ({"message": "x" * 5000}, "x" * 300),
        ({"message": None}, ""),
        ("<html>", ""),
        ([], ""),
    ],
)
def test_the_servers_message_is_kept_short(api: Api, server: Server, body: object, message: str) -> None:
    server.first.append(Answer(400, body))
    with pytest.raises(ApiError) as raised:
        api.request("GET", "/number", NUMBER)
    assert raised.value.message == message
