"""Subscribers of alarms: e-mail addresses and HTTPS endpoints.

Terraform stores a subscription's URL in its state, and SNS shows it to everybody who can read the topic. So a
URL with a key is rejected, and for known services the message names another way that works.
"""

import re
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.values import slugify

_EMAIL = re.compile(r"[^@\s${}%]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
# Characters of a URL. Braces would be a Terraform expression.
_PRINTABLE = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
# Services whose URLs contain a key: the domain, the reason and the fix.
_PAGERDUTY_FIX = (
    'Put the address of the service\'s e-mail integration into emails: "production@example.pagerduty.com". '
    "It opens an incident (https://support.pagerduty.com/docs/email-integration-guide)."
)
_SLACK_FIX = (
    "Put the e-mail address of the channel into emails, or connect the topic to the channel with Amazon Q "
    "Developer in chat applications."
)
_KEY_IN_PATH: Final = "must not contain a key: Terraform would store it in its state"
_SERVICES: Final = {
    "pagerduty.com": (_KEY_IN_PATH, _PAGERDUTY_FIX),
    # A webhook of Slack accepts Slack's messages only, so it never confirms a subscription.
    # https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html
    "slack.com": ("must confirm the subscription, and a webhook of Slack can't", _SLACK_FIX),
}
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
    for domain, (what, fix) in _SERVICES.items():
        if parts.hostname == domain or parts.hostname.endswith(f".{domain}"):
            raise validation_error(what, fix=fix)
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
