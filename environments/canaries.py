"""Checks of the canaries in all environments: the site and the API of the shop."""

from typing import Literal

from constructs_arq.core.values import Region
from constructs_arq.observability.canaries.canary_config import (
    ApiCall,
    ApiCheck,
    CanariesConfig,
    DomainCheck,
    SiteVisit,
)

# The page shows it when a session exists, and the list of accounts came from the database.
SITE_TEXT = "You have no accounts."
# A new visitor has no session, and the page asks first.
EXPECTED_ANSWERS = ("401 GET /api/session",)
# The API, the cache with the sessions, and the database.
API_CALLS = (
    ApiCall(path="/api/health", contains={"status": "ok"}),
    ApiCall(method="POST", path="/api/session", status=201),
    ApiCall(path="/api/accounts"),
)


def configure_canaries(
    *, interval_minutes: Literal[1, 5, 15], regions: tuple[Region, ...], registered_domain: str | None = None
) -> CanariesConfig:
    """Return the canaries of an environment. `registered_domain` is that of its zone at the registrar."""
    return CanariesConfig(
        interval_minutes=interval_minutes,
        regions=regions,
        site=SiteVisit(text=SITE_TEXT, expected_answers=EXPECTED_ANSWERS),
        api=ApiCheck(calls=API_CALLS),
        domain=DomainCheck(registered_domain=registered_domain),
    )
