"""The secret with the values of the paging service, which an administrator writes."""

import json
import re

from arqctl.core.aws_api import AwsApi
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Json, as_object, as_text

# https://support.pagerduty.com/main/docs/services-and-integrations
_KEY = re.compile(r"[A-Za-z0-9]{32}")
_URL = (re.compile(r"https://[^\s/]+\.[^\s/]+/\S+"), "an HTTPS URL with a path")
_FIELDS = {
    "routing_key": (_KEY, "the 32 letters and digits of an integration key"),
    "heartbeat_url": _URL,
    "watchdog_url": _URL,
}


def read_field(api: AwsApi, environment: str, region: str, field: str) -> str:
    """Return a field of the secret `ENV/paging`.

    Raises:
        AwsError: when AWS rejects the call or can't be reached.
        InputError: if the secret has no such field. The message contains no value.
    """
    return _require_field(environment, _read_fields(api, environment, region), field)


def read_heartbeat_url(api: AwsApi, environment: str, region: str) -> str:
    """Return the field `heartbeat_url` of the secret `ENV/paging`.

    Raises:
        AwsError: when AWS rejects the call or can't be reached.
        InputError: if there is none, or if Alertmanager calls the same URL: each would hide the loss of the
            other. The message contains no value.
    """
    fields = _read_fields(api, environment, region)
    url = _require_field(environment, fields, "heartbeat_url")
    if url == as_text(fields.get("watchdog_url")):
        raise InputError([_same_url(environment)])
    return url


def require_valid_fields(api: AwsApi, environment: str, region: str) -> None:
    """Check all fields of the secret `ENV/paging`.

    Raises:
        AwsError: when AWS rejects the call or can't be reached.
        InputError: with all fields that are missing or have another form. The message contains no value.
    """
    fields, name = _read_fields(api, environment, region), f"{environment}/paging"
    problems = [
        Problem(name, f"{field} must be {what}", f'Write JSON with "{field}" into the secret: docs/paging.md')
        for field, (pattern, what) in _FIELDS.items()
        if not pattern.fullmatch(as_text(fields.get(field)))
    ]
    if not problems and fields["heartbeat_url"] == fields["watchdog_url"]:
        problems.append(_same_url(environment))
    if problems:
        raise InputError(problems)


def _same_url(environment: str) -> Problem:
    fix = "Make a second check at the receiver, and write its URL into one of the fields: docs/paging.md"
    return Problem(f"{environment}/paging", "has the same heartbeat_url and watchdog_url", fix)


def _read_fields(api: AwsApi, environment: str, region: str) -> dict[str, Json]:
    name = f"{environment}/paging"
    text = as_text(api.call("secretsmanager", "get_secret_value", region, SecretId=name).get("SecretString"))
    try:
        return as_object(json.loads(text))
    except ValueError:
        return {}


def _require_field(environment: str, fields: dict[str, Json], field: str) -> str:
    value = as_text(fields.get(field))
    if not value:
        fix = f'Write JSON with "{field}" into the secret: docs/paging.md'
        raise InputError([Problem(f"{environment}/paging", f"has no field {field}", fix)])
    return value


def require_key(key: str) -> str:
    """Return the key without surrounding spaces.

    Raises:
        InputError: if it is no integration key. The message does not contain it.
    """
    stripped = key.strip()
    if not _KEY.fullmatch(stripped):
        fix = "Copy the Integration Key of the Events API v2 integration in PagerDuty"
        raise InputError([Problem("the key", "must have 32 letters and digits", fix)])
    return stripped
