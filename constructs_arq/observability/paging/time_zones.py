"""The time zones that PagerDuty accepts."""

import difflib
import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

from constructs_arq.core.config import validation_error


def _time_zone(name: str) -> str:
    if name not in _time_zones():
        close = difflib.get_close_matches(name, sorted(_time_zones()), n=1)
        raise validation_error(
            "must be a time zone that PagerDuty accepts",
            fix=f'Did you mean "{close[0]}"?'
            if close
            else 'Use a name such as "Europe/Dublin" or "Etc/UTC".',
        )
    try:
        ZoneInfo(name)
    except ZoneInfoNotFoundError:
        raise validation_error(
            "must be a time zone that this machine knows", fix="Install tzdata, or the package tzdata-legacy."
        ) from None
    return name


@cache
def _time_zones() -> frozenset[str]:
    text = files(__package__).joinpath("time_zones.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text)["names"])


TimeZone = Annotated[str, AfterValidator(_time_zone)]
