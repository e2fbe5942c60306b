"""Settings of canaries: what they check, how often and from where."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from constructs_arq.core.config import Config
from constructs_arq.core.values import Domain, Region

# AWS announces the end of a runtime 60 days before, by e-mail: policies/lifecycle.toml has the known dates.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_nodejs_puppeteer.html
DEFAULT_RUNTIME = "syn-nodejs-puppeteer-17.0"

UrlPath = Annotated[str, StringConstraints(pattern=r"^/[\w./-]*$", max_length=200)]
# The answer's status, the method and the path, as in "401 GET /api/session".
ExpectedAnswer = Annotated[str, StringConstraints(pattern=r"^[45]\d\d [A-Z]+ /[\w./-]*$")]


class SiteVisit(Config):
    """Conditions that the first page of a site must meet for a visitor."""

    text: str = Field(min_length=1, description="Text that is visible when the page is complete.")
    expected_answers: tuple[ExpectedAnswer, ...] = Field(
        default=(), description='Errors that are part of a normal visit, such as "401 GET /api/session".'
    )
    seconds: int = Field(default=20, ge=1, le=40, description="The page must be complete after this time.")
    slow_seconds: int = Field(default=8, ge=1, le=40, description="Alarm threshold for the time of a run.")


class ApiCall(Config):
    """A call of the API, and the answer that it must give."""

    method: Literal["GET", "POST"] = "GET"
    path: UrlPath
    status: int = Field(default=200, ge=100, le=599)
    contains: Mapping[str, str] = Field(
        default_factory=dict, description="Fields that the JSON of the answer must have."
    )


class ApiCheck(Config):
    """Calls of the API in order. Cookies of an answer are sent with the next calls."""

    calls: tuple[ApiCall, ...] = Field(min_length=1, max_length=10)
    seconds: int = Field(default=10, ge=1, le=40, description="All calls must be complete after this time.")
    slow_seconds: int = Field(default=5, ge=1, le=40, description="Alarm threshold for the time of a run.")


class DomainCheck(Config):
    """Expiry of the site's certificate and domain, and the name servers of its zone."""

    registered_domain: Domain | None = Field(
        default=None,
        description="Domain at the registrar. None if its registry publishes no end by RDAP.",
    )
    certificate_days: int = Field(default=21, ge=1, le=90, description="Alarm threshold.")
    domain_days: int = Field(default=30, ge=1, le=300, description="Alarm threshold.")


class CanariesConfig(Config):
    """Canaries of an environment. Two failed runs in a row are an outage.

    Synthetics charges each run: docs/canaries.md has the cost of each interval.
    """

    # CloudWatch evaluates an alarm on whole minutes.
    interval_minutes: Literal[1, 5, 15] = Field(
        description="Interval of the runs. Only at one minute, a failure pages within five minutes."
    )
    regions: tuple[Region, ...] = Field(
        min_length=1, max_length=2, description="Regions from which canaries run, the environment's first."
    )
    runtime: str = Field(
        default=DEFAULT_RUNTIME,
        pattern=r"^syn-nodejs-puppeteer-\d+\.\d+$",
        description="Synthetics runtime. Offline AWS and a policy rule know the supported ones.",
    )
    artifact_days: int = Field(
        default=31, ge=1, le=400, description="Retention of screenshots and logs of runs, in days."
    )
    site: SiteVisit
    api: ApiCheck
    domain: DomainCheck = DomainCheck()

    @property
    def paging_regions(self) -> tuple[Region, ...]:
        """The regions with critical alarms: slower canaries can't page within five minutes."""
        return self.regions if self.interval_minutes == 1 else ()
