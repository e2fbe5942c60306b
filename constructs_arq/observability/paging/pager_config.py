"""Configuration of calls to the engineer on call."""

from enum import StrEnum
from typing import Final

from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.observability.paging.paged_service import PagedServiceConfig


class PagerDutyRegion(StrEnum):
    """The service regions of PagerDuty. An account belongs to one of them."""

    US = "us"
    EU = "eu"


# https://support.pagerduty.com/main/docs/service-regions
_ENDPOINTS: Final = {
    PagerDutyRegion.US: "https://events.pagerduty.com/v2/enqueue",
    PagerDutyRegion.EU: "https://events.eu.pagerduty.com/v2/enqueue",
}


class PagerConfig(Config):
    """PagerDuty as the receiver of critical alarms. The key is in no configuration: see `Pager`."""

    service_region: PagerDutyRegion = Field(
        default=PagerDutyRegion.US, description="The service region of the PagerDuty account."
    )
    service: PagedServiceConfig = PagedServiceConfig()

    @property
    def endpoint(self) -> str:
        """The URL of PagerDuty's Events API v2."""
        return _ENDPOINTS[self.service_region]
