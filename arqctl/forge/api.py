"""REST client for GitHub and GitLab."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar

import requests
from pydantic import TypeAdapter, ValidationError

from arqctl.core.json_access import Json
from arqctl.core.sanitize import sanitize
from arqctl.forge.errors import ApiError
from arqctl.forge.retry import RetryableError, retry_after

_Model = TypeVar("_Model")

_MESSAGE_KEYS = ("message", "error", "errors")
_MESSAGE_CHARACTERS = 300
_MAX_PAGES = 100
_RATE_LIMIT_WAIT = 60
"""Seconds to wait after a rate limit that names no time."""


@dataclass(frozen=True, slots=True)
class Api:
    """Client for one API. `auth_header` is the name and the value of the header with the token.

    The token is sent to `url` only: redirects are not followed. No error message contains it. `timeout` has
    the seconds to connect and to wait for data.
    """

    forge: str
    url: str
    auth_header: tuple[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: tuple[float, float] = (10, 30)
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def request(self, method: str, path: str, model: TypeAdapter[_Model], body: Json = None) -> _Model:
        """Return the response, validated by the model.

        Raises:
            RetryableError: when the same request may succeed later.
            ApiError: when it won't.
        """
        return _validate(self._send(method, path, body), model)

    def list_all(self, path: str, model: TypeAdapter[list[_Model]]) -> Iterator[_Model]:
        """Yield the entries of a list from all pages, at most ten thousand.

        Raises:
            RetryableError, ApiError: as `request` does.
        """
        for page in range(1, _MAX_PAGES + 1):
            response = self._send("GET", f"{path}?per_page=100&page={page}", None)
            yield from _validate(response, model)
            if "next" not in response.links:
                return

    def _send(self, method: str, path: str, body: Json) -> requests.Response:
        try:
            response = self.session.request(
                method,
                self.url + path,
                json=body,
                headers=dict(self.headers),
                auth=self._authenticate,
                timeout=self.timeout,
                allow_redirects=False,
            )
        except requests.exceptions.SSLError as error:
            raise ApiError(0, "of its certificate") from error
        except requests.Timeout as error:
            raise RetryableError(self.forge, "doesn't answer in time") from error
        except requests.RequestException as error:
            raise RetryableError(self.forge, "can't be reached") from error
        if not response.ok or response.is_redirect:
            self._raise_error(response)
        return response

    def _authenticate(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the header as a requests auth hook, because a .netrc would replace a plain header."""
        name, value = self.auth_header
        request.headers[name] = value
        return request

    def _raise_error(self, response: requests.Response) -> None:
        status, message = response.status_code, self._message(response)
        wait = retry_after(response.headers)
        is_limit = wait is not None or "rate limit" in message.lower()
        if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.FORBIDDEN and is_limit):
            why = "limits the rate of requests"
            raise RetryableError(self.forge, why, retry_after=wait, first_wait=_RATE_LIMIT_WAIT)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise RetryableError(self.forge, f"answers with {status}", retry_after=wait)
        raise ApiError(status, message)

    def _message(self, response: requests.Response) -> str:
        """Return the server's message in one short line, without the token."""
        try:
            text = " ".join(dict.fromkeys(_texts(response.json())))
        except requests.JSONDecodeError:
            text = ""
        token = self.auth_header[1].rpartition(" ")[2]
        return sanitize(text.replace(token, "(secret)"))[:_MESSAGE_CHARACTERS]


def _validate(response: requests.Response, model: TypeAdapter[_Model]) -> _Model:
    try:
        return model.validate_json(response.content)
    except ValidationError as error:
        raise ApiError(response.status_code, "") from error


def _texts(body: Json) -> Iterator[str]:
    match body:
        case str():
            yield body
        case list():
            for each in body:
                yield from _texts(each)
        case dict():
            messages = [body[key] for key in _MESSAGE_KEYS if key in body]
            for each in messages or body.values():
                yield from _texts(each)
