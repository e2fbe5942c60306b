"""Who hears of an alarm: e-mail addresses and HTTPS endpoints."""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.values import slugify

_EMAIL = re.compile(r"[^@\s${}%]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
# What a URL consists of; braces would be an expression to Terraform.
_PRINTABLE = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
# What integration keys and webhook tokens look like: long, without a word's hyphens, with a digit.
_TOKEN = re.compile(r"(?=[^/]*\d)[A-Za-z0-9_]{16,}")


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise validation_error("must be an e-mail address", fix='Write it like "on-call@example.com".')
    return value


def _https_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or not _PRINTABLE.fullmatch(value):
        raise validation_error(
            "must be an HTTPS address", fix='Write it like "https://alarms.example.com/aws".'
        )
    hidden = parts.username or parts.password or parts.query or parts.fragment
    if hidden or any(_TOKEN.fullmatch(step) for step in parts.path.split("/")):
        raise validation_error(
            "must not carry a key or token: whoever reads the code or the state could use it",
            fix="Remove it, and let the endpoint verify SNS's signature instead.",
        )
    return value


Email = Annotated[str, AfterValidator(_email)]
HttpsUrl = Annotated[str, AfterValidator(_https_url)]


class Subscribers(Config):
    """Who hears of alarms of one severity. At least one, as an alarm that nobody hears is none.

    E-mail addresses have to confirm the message that SNS sends them; HTTPS endpoints must do so by
    themselves. https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
    """

    emails: tuple[Email, ...] = Field(default=(), description="Addresses that get a mail.")
    https: tuple[HttpsUrl, ...] = Field(default=(), description="Endpoints that get a POST from SNS.")

    @model_validator(mode="after")
    def _somebody_and_nobody_twice(self) -> Self:
        names = [slugify(subscriber) for subscriber in (*self.emails, *self.https)]
        if not names:
            raise validation_error(
                "must name at least one subscriber, or nobody hears", fix="Add one to emails or https."
            )
        if len(names) != len(set(names)):
            raise validation_error("must not name a subscriber twice", fix="Remove the repeated one.")
        return self
