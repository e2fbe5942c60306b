"""Service level objectives as values: an objective, its window, and the indicator that measures it."""

import math
from decimal import Decimal
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, model_validator

from constructs_arq.core.alarm import Severity
from constructs_arq.core.alarm_delivery import DELIVERY_SECONDS, PUBLISHING_SECONDS, REACTION_SECONDS
from constructs_arq.core.burn_rate import BURN_RATES, SMALLEST_OBJECTIVE, BurnRate
from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.values import LiteralText, Slug

# Kubernetes and Prometheus call them every few seconds. They would hide failures of others.
_PROBES: Final = ("/healthz", "/metrics", "/readyz")
_HISTOGRAM: Final = "http_request_duration_seconds"
# Short words would be no reason.
_SHORTEST_REASON: Final = 20

MetricName = Annotated[str, Field(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")]
Aspect = Literal["availability", "latency"]
Route = Annotated[str, Field(pattern=r"^[A-Za-z0-9/_.{}-]+$")]


class HttpAvailability(Config):
    """The share of a service's requests that it answers without a server error, measured by its pods.

    While the deployment has no available pod, nobody counts requests. Then all requests count as failed, at
    the rate of the hour before.
    """

    aspect: ClassVar[Aspect] = "availability"
    namespace: Slug = Field(description="Namespace of the service and its deployment.")
    histogram: MetricName = Field(
        default=_HISTOGRAM, description="Histogram of response times with the labels route and status."
    )
    ignored_routes: tuple[Route, ...] = Field(default=_PROBES, description="Routes that users do not call.")


class HttpLatency(Config):
    """The share of a service's successful requests that take at most a threshold, measured by its pods.

    Failed requests count in the availability only: a fast error is no fast answer.
    """

    aspect: ClassVar[Aspect] = "latency"
    namespace: Slug = Field(description="Namespace of the service.")
    histogram: MetricName = Field(
        default=_HISTOGRAM, description="Histogram of response times with the labels route and status."
    )
    buckets: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        min_length=1, description="Upper bounds of the histogram's buckets in seconds."
    )
    threshold_seconds: float = Field(gt=0, description="Longest response time of a good request.")
    ignored_routes: tuple[Route, ...] = Field(default=_PROBES, description="Routes that users do not call.")

    @model_validator(mode="after")
    def _check_threshold_is_a_bucket(self) -> Self:
        if self.threshold_seconds not in self.buckets:
            known = ", ".join(f"{bound:g}" for bound in sorted(self.buckets))
            raise validation_error(
                f"threshold_seconds {self.threshold_seconds:g} is no bucket of the histogram, which counts "
                "requests up to its buckets only",
                fix=f"Use one of {known}, or add the bucket to the service first.",
            )
        return self


class DistributionAvailability(Config):
    """The share of requests to a CloudFront distribution that it answers without a server error."""

    aspect: ClassVar[Aspect] = "availability"


class DistributionLatency(Config):
    """The share of requests for which a distribution's origin starts to answer within a threshold.

    Answers from the cache are not measured, and are faster.
    """

    aspect: ClassVar[Aspect] = "latency"
    threshold_seconds: float = Field(gt=0, le=30, description="Longest response time of a good request.")


PrometheusIndicator = HttpAvailability | HttpLatency
DistributionIndicator = DistributionAvailability | DistributionLatency
Indicator = PrometheusIndicator | DistributionIndicator

LATE_PAGE_FIX: Final = (
    "Raise the objective, or set urgency=Severity.WARNING, so that its alerts open tickets."
)


class Slo(Config):
    """An objective for the share of good requests of a service, for example 99.9 % in 28 days.

    A longer window than 35 days would need more than Prometheus keeps. `PrometheusSlos` checks that a page
    comes in time, because that depends on the intervals of Prometheus.
    """

    service: Slug = Field(description="Name of the service, as in labels and messages.")
    indicator: Indicator
    objective: float = Field(
        default=99.9, gt=float(SMALLEST_OBJECTIVE), lt=100, description="Percent of good requests."
    )
    window_days: int = Field(default=28, ge=7, le=35, description="Days in which the objective is measured.")
    urgency: Literal[Severity.CRITICAL, Severity.WARNING] = Field(
        default=Severity.CRITICAL,
        description="Severity of a fast burn: critical pages, warning opens a ticket.",
    )
    minimum_failures: int = Field(
        default=10,
        ge=1,
        description="Failed requests in the long window of an alert before it fires: fewer are noise.",
    )
    reason: LiteralText = Field(
        default="", description="Why the objective is higher than the services below it guarantee."
    )

    @property
    def name(self) -> str:
        """The name, for example `api-availability`: the label `slo` of series and alerts."""
        return f"{self.service}-{self.indicator.aspect}"

    @property
    def runbook(self) -> str:
        """The name of the page with the response to its alerts, for example `api-availability-burn`."""
        return f"{self.name}-burn"

    @property
    def severities(self) -> tuple[Severity, ...]:
        """The severities of its alerts, the highest first."""
        return tuple(dict.fromkeys(self.severity_of(rate) for rate in BURN_RATES))

    def severity_of(self, rate: BurnRate) -> Severity:
        """Return the severity of an alert at this burn rate."""
        return rate.severity if self.urgency is Severity.CRITICAL else self.urgency

    @property
    def seconds_to_detect_outage(self) -> int:
        """The seconds in which a total outage exceeds the highest burn rate. Collection takes longer."""
        return math.ceil(BURN_RATES[0].seconds_to_detect(Decimal(1), objective=self.objective) or 0)

    @model_validator(mode="after")
    def _check_page_comes_in_time(self) -> Self:
        if not isinstance(self.indicator, DistributionIndicator) or self.urgency is not Severity.CRITICAL:
            return self
        seconds = self.seconds_to_detect_outage + PUBLISHING_SECONDS["AWS/CloudFront"] + DELIVERY_SECONDS
        if seconds > REACTION_SECONDS:
            raise validation_error(describe_late_page(self, seconds), fix=LATE_PAGE_FIX)
        return self

    @model_validator(mode="after")
    def _check_reason(self) -> Self:
        if self.reason and len(self.reason.strip()) < _SHORTEST_REASON:
            raise validation_error(
                "reason must explain why the objective can be reached",
                fix="Write a sentence with the measurement or the agreement that it relies on.",
            )
        return self


def describe_late_page(slo: Slo, seconds: int) -> str:
    """Return the message about an objective whose page would be late."""
    return (
        f"objective {slo.objective:g} pages {seconds} s after a total outage, and a page must come within "
        f"{REACTION_SECONDS} s"
    )


def require_different_names(slos: tuple[Slo, ...]) -> tuple[Slo, ...]:
    """Return the objectives, for a validator of a configuration. Each has another service or aspect."""
    names = [slo.name for slo in slos]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise validation_error(
            f"has two objectives named {', '.join(twice)}",
            fix="Remove one: a service has one objective for each aspect.",
        )
    return slos
