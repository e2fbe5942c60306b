"""A forge's REST interface: one request, and its answer or the reason that there is none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar

import requests
from pydantic import TypeAdapter, ValidationError

from arqctl.core.assembly import Json
from arqctl.core.sanitize import printable
from arqctl.forge.errors import Refused
from arqctl.forge.retry import NotNow, wait_told

_Shape = TypeVar("_Shape")

_SAYING = ("message", "error", "errors")
_LONGEST = 300
_MOST_PAGES = 100
_UNTOLD_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Api:
    """Where a forge is asked, and with which secret.

    The secret is sent as the header `signature[0]`, to `url` alone: no redirection is followed. It is in no
    text that comes out of here. `timeout` is seconds: to connect, and to wait for more of the answer.
    """

    forge: str
    url: str
    signature: tuple[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: tuple[float, float] = (10, 30)
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def ask(self, method: str, path: str, shape: TypeAdapter[_Shape], body: Json = None) -> _Shape:
        """What the forge answers, in the shape that is expected.

        Raises:
            NotNow: when the same request may succeed later.
            Refused: when it will not.
        """
        return _shaped(self._answer(method, path, body), shape)

    def pages(self, path: str, shape: TypeAdapter[list[_Shape]]) -> Iterator[_Shape]:
        """The entries of a list, page by page: the first ten thousand.

        Raises:
            NotNow, Refused: as `ask` does.
        """
        for page in range(1, _MOST_PAGES + 1):
            answer = self._answer("GET", f"{path}?per_page=100&page={page}", None)
            yield from _shaped(answer, shape)
            if "next" not in answer.links:
                return

    def _answer(self, method: str, path: str, body: Json) -> requests.Response:
        try:
            answer = self.session.request(
                method,
                self.url + path,
                json=body,
                headers=dict(self.headers),
                auth=self._signed,
                timeout=self.timeout,
                allow_redirects=False,
            )
        except requests.exceptions.SSLError as error:
            raise Refused(0, "of its certificate") from error
        except requests.Timeout as error:
            raise NotNow(self.forge, "doesn't answer in time") from error
        except requests.RequestException as error:
            raise NotNow(self.forge, "can't be reached") from error
        if not answer.ok or answer.is_redirect:
            self._refuse(answer)
        return answer

    def _signed(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """As requests' way to sign, and no plain header: a .netrc would take the place of that."""
        name, secret = self.signature
        request.headers[name] = secret
        return request

    def _refuse(self, answer: requests.Response) -> None:
        status, said = answer.status_code, self._said(answer)
        told = wait_told(answer.headers)
        is_limit = told is not None or "rate limit" in said.lower()
        if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.FORBIDDEN and is_limit):
            why = "limits how often it is asked"
            raise NotNow(self.forge, why, told=told, first=_UNTOLD_LIMIT)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise NotNow(self.forge, f"answers with {status}", told=told)
        raise Refused(status, said)

    def _said(self, answer: requests.Response) -> str:
        """The forge's own words, in one short line."""
        try:
            words = " ".join(dict.fromkeys(_words(answer.json())))
        except requests.JSONDecodeError:
            words = ""
        secret = self.signature[1].rpartition(" ")[2]
        return printable(words.replace(secret, "(secret)"))[:_LONGEST]


def _shaped(answer: requests.Response, shape: TypeAdapter[_Shape]) -> _Shape:
    try:
        return shape.validate_json(answer.content)
    except ValidationError as error:
        raise Refused(answer.status_code, "") from error


def _words(body: Json) -> Iterator[str]:
    match body:
        case str():
            yield body
        case list():
            for each in body:
                yield from _words(each)
        case dict():
            named = [body[key] for key in _SAYING if key in body]
            for each in named or body.values():
                yield from _words(each)
