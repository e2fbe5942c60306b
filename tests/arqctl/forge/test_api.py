"""Which answers are worth another attempt, and how long after."""

import time
from collections.abc import Callable

import pytest
from pydantic import TypeAdapter

from arqctl.forge.api import Api
from arqctl.forge.errors import Refused
from arqctl.forge.retry import NotNow
from tests.arqctl.forge.servers import Answer, Asked, Server, Trouble

NUMBER = TypeAdapter(int)
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}


@pytest.fixture
def forge() -> Callable[[Asked], Answer]:
    return lambda _: Answer(200, 3)


@pytest.fixture
def api(server: Server) -> Api:
    return Api("GitHub", server.url, ("Authorization", "Bearer t0ken"))


def test_an_answer_has_its_shape(api: Api) -> None:
    assert api.ask("GET", "/number", NUMBER) == 3


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_limit_that_says_when_it_ends(api: Api, server: Server, status: int) -> None:
    server.first.append(Answer(status, {"message": "Slow down"}, {"Retry-After": "30"}))
    with pytest.raises(NotNow) as raised:
        api.ask("GET", "/number", NUMBER)
    assert raised.value.told == 30


def test_the_limit_of_an_hour(api: Api, server: Server) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 240)}
    server.first.append(Answer(403, {"message": "API rate limit exceeded for installation."}, headers))
    with pytest.raises(NotNow, match="limits how often it is asked") as raised:
        api.ask("GET", "/number", NUMBER)
    assert raised.value.told == pytest.approx(240, abs=5)


@pytest.mark.parametrize("status", [403, 429])
def test_the_secondary_limit_doesn_t_say_when_it_ends(api: Api, server: Server, status: int) -> None:
    headers = {"X-RateLimit-Remaining": "4981", "X-RateLimit-Reset": str(int(time.time()) + 2400)}
    server.first.append(Answer(status, SECONDARY, headers))
    with pytest.raises(NotNow, match="limits how often it is asked") as raised:
        api.ask("GET", "/number", NUMBER)
    assert (raised.value.told, raised.value.first) == (None, 60)


def test_a_refusal_isn_t_a_limit(api: Api, server: Server) -> None:
    headers = {"X-RateLimit-Remaining": "4981", "X-RateLimit-Reset": str(int(time.time()) + 2400)}
    server.first.append(Answer(403, {"message": "Resource not accessible by integration"}, headers))
    with pytest.raises(Refused) as raised:
        api.ask("GET", "/number", NUMBER)
    assert (raised.value.status, raised.value.said) == (403, "Resource not accessible by integration")


@pytest.mark.parametrize("trouble", list(Trouble))
def test_no_answer_is_worth_another_attempt(api: Api, server: Server, trouble: Trouble) -> None:
    server.first.append(trouble)
    hurried = Api(api.forge, api.url, api.signature, timeout=(0.2, 0.2))
    with pytest.raises(NotNow, match=r"GitHub (doesn't answer in time|can't be reached)"):
        hurried.ask("GET", "/number", NUMBER)


def test_no_server_is_worth_another_attempt() -> None:
    with pytest.raises(NotNow, match="can't be reached"):
        Api("GitHub", "http://127.0.0.1:1", ("Authorization", "t0ken")).ask("GET", "/number", NUMBER)


def test_a_connection_that_isn_t_trusted_is_worth_none(server: Server) -> None:
    secured = Api("GitHub", server.url.replace("http:", "https:"), ("Authorization", "t0ken"))
    with pytest.raises(Refused) as raised:
        secured.ask("GET", "/number", NUMBER)
    assert raised.value.status == 0


@pytest.mark.parametrize(
    ("body", "said"),
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
def test_the_forge_s_own_words_are_kept_short(api: Api, server: Server, body: object, said: str) -> None:
    server.first.append(Answer(400, body))
    with pytest.raises(Refused) as raised:
        api.ask("GET", "/number", NUMBER)
    assert raised.value.said == said
