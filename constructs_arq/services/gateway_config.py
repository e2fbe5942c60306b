"""Settings of a gateway and its routes that an environment can vary."""

from typing import Self

from pydantic import Field, model_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.core.values import Percent


class GatewayConfig(Config):
    """Settings of the nginx pods of a gateway."""

    scaling: ScalingPolicy = Field(
        default=ScalingPolicy(min_size=2, max_size=10), description="Number of nginx pods, and their load."
    )

    @model_validator(mode="after")
    def _require_supported_scaling(self) -> Self:
        scaling = self.scaling
        if scaling.target_requests_per_minute is not None or scaling.schedule:
            raise validation_error(
                "scaling of nginx must not have target_requests_per_minute or schedule",
                fix="Use target_cpu_percent and target_memory_percent: nginx is scaled on these.",
            )
        if scaling.min_size < 1:
            raise validation_error(
                f"scaling.min_size {scaling.min_size} of nginx must be at least 1, the least that Kubernetes "
                "accepts for an autoscaler",
                fix="Set min_size to 1 or more; a protected environment needs 2.",
            )
        return self


class RateLimit(Config):
    """A limit of the requests of one client address to each nginx pod.

    nginx answers requests above the limit with 429. https://nginx.org/en/docs/http/ngx_http_limit_req_module.html
    """

    requests_per_second: int = Field(default=50, ge=1, description="Sustained requests of one client.")
    burst: int = Field(default=100, ge=0, description="Requests above the rate that nginx still accepts.")


class RouteConfig(Config):
    """Limits of the requests of a route. Their time is `request_seconds` of the service."""

    max_body_mib: int = Field(default=1, ge=1, le=1024, description="Largest request body in MiB.")
    rate_limit: RateLimit | None = Field(default=RateLimit(), description="None: no limit in nginx.")


class CanaryConfig(Config):
    """The share of a route's requests that a second service receives."""

    percent: Percent = Field(default=5, description="Share of the requests, in percent.")
