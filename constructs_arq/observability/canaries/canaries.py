"""All canaries of an environment."""

from collections.abc import Mapping

from constructs import Construct

from constructs_arq.core.protocols import AccessLogBucket
from constructs_arq.core.stack import Stack
from constructs_arq.observability.canaries.availability_canaries import AvailabilityCanaries
from constructs_arq.observability.canaries.canary_config import CanariesConfig
from constructs_arq.observability.canaries.domain_canary import DomainCanary
from constructs_arq.storage.bucket import LogBucket


class Canaries(Construct):
    """Canaries of site and API in each region of the configuration, and one of the domain in the first.

    `access_logs` is in the region of the stack. Its `retention_days` apply in other regions too.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        domain: str,
        zone_name: str,
        access_logs: AccessLogBucket,
        config: CanariesConfig,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)

        def logs_in(region: str) -> AccessLogBucket:
            """Return a log bucket in the region: S3 requires one there."""
            if region == stack.region:
                return access_logs
            return LogBucket(self, f"{region}-logs", retention_days=access_logs.retention_days, region=region)

        self.by_region: Mapping[str, AvailabilityCanaries] = {
            region: AvailabilityCanaries(
                self, region, domain=domain, region=region, access_logs=logs_in(region), config=config
            )
            for region in config.regions
        }
        self.domain: DomainCanary = DomainCanary(
            self,
            "domain",
            domain=domain,
            zone_name=zone_name,
            artifacts=self.by_region[config.regions[0]].artifacts,
            runtime=config.runtime,
            check=config.domain,
        )
