"""Subscribers of alarms: e-mail addresses and HTTPS endpoints."""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.values import slugify

_EMAIL = re.compile(r"[^@\s${}%]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
# Characters of a URL. Braces would be a Terraform expression.
_PRINTABLE = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
# Integration keys and webhook tokens: long, without hyphens, with a digit.
_TOKEN = re.compile(r"(?=[^/]*\d)[A-Za-z0-9_]{16,}")


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise validation_error("must be an e-mail address", fix='Write it like "on-call@example.com".')
    return value


def _https_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or not _PRINTABLE.fullmatch(value):
        raise validation_error("must be an HTTPS URL", fix='Write it like "https://alarms.example.com/aws".')
    hidden = parts.username or parts.password or parts.query or parts.fragment
    if hidden or any(_TOKEN.fullmatch(step) for step in parts.path.split("/")):
        raise validation_error(
            "must not contain a key or token: readers of the code or the state could use it",
            fix="Remove it, and verify the SNS signature in the endpoint instead.",
        )
    return value


Email = Annotated[str, AfterValidator(_email)]
HttpsUrl = Annotated[str, AfterValidator(_https_url)]


class Subscribers(Config):
    """Subscribers of alarms of one severity; at least one.

    Recipients must confirm the e-mail from SNS. HTTPS endpoints must confirm automatically. https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
    """

    emails: tuple[Email, ...] = Field(default=(), description="E-mail addresses.")
    https: tuple[HttpsUrl, ...] = Field(default=(), description="URLs that receive a POST request from SNS.")

    @model_validator(mode="after")
    def _require_unique_subscribers(self) -> Self:
        names = [slugify(subscriber) for subscriber in (*self.emails, *self.https)]
        if not names:
            raise validation_error("must have at least one subscriber", fix="Add one to emails or https.")
        if len(names) != len(set(names)):
            raise validation_error("must not list a subscriber twice", fix="Remove the duplicate.")
        return self
