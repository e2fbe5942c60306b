"""The secret with the values of the paging service, which an administrator writes."""

import json
import re

from arqctl.core.aws_api import AwsApi
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_object, as_text

# https://support.pagerduty.com/main/docs/services-and-integrations
_KEY = re.compile(r"[A-Za-z0-9]{32}")


def read_field(api: AwsApi, environment: str, region: str, field: str) -> str:
    """Return a field of the secret `ENV/paging`.

    Raises:
        AwsError: when AWS rejects the call or can't be reached.
        InputError: if the secret has no such field. The message contains no value.
    """
    name = f"{environment}/paging"
    text = as_text(api.call("secretsmanager", "get_secret_value", region, SecretId=name).get("SecretString"))
    try:
        value = as_text(as_object(json.loads(text)).get(field))
    except ValueError:
        value = ""
    if not value:
        fix = f'Write JSON with "{field}" into the secret: docs/paging.md'
        raise InputError([Problem(name, f"has no field {field}", fix)])
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
