"""The canaries of site and API in one region."""

from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.protocols import AccessLogBucket
from constructs_arq.observability.canaries.artifacts import CanaryArtifacts
from constructs_arq.observability.canaries.canary import Canary
from constructs_arq.observability.canaries.canary_alarms import alarm_on_failure, alarm_on_time
from constructs_arq.observability.canaries.canary_config import CanariesConfig


class AvailabilityCanaries(Construct):
    """Two canaries in `region`: one loads the site of `domain` in a browser, the other calls its API.

    A page that shows data of the API fails with the API. So the alarm of the API is quiet while the site
    fails. `access_logs` must be in the region.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        domain: str,
        region: str,
        access_logs: AccessLogBucket,
        config: CanariesConfig,
    ) -> None:
        super().__init__(scope, id)
        artifacts = CanaryArtifacts(
            self, "artifacts", region=region, days=config.artifact_days, access_logs=access_logs
        )
        self.artifacts: CanaryArtifacts = artifacts
        self.site = Canary(
            self,
            "site",
            program="site",
            settings={
                "url": f"https://{domain}/",
                "text": config.site.text,
                "expected": config.site.expected_answers,
            },
            seconds=config.site.seconds,
            interval_minutes=config.interval_minutes,
            runtime=config.runtime,
            artifacts=artifacts,
        )
        self.api = Canary(
            self,
            "api",
            program="api",
            settings={
                "origin": f"https://{domain}",
                "calls": [each.model_dump(mode="json") for each in config.api.calls],
            },
            seconds=config.api.seconds,
            interval_minutes=config.interval_minutes,
            runtime=config.runtime,
            artifacts=artifacts,
        )
        self.alarms: tuple[Alarm, ...] = (
            alarm_on_failure(
                self.site,
                name="site-failing",
                summary=f"A browser in {region} can't use https://{domain}: pages or the API fail",
                region=region,
            ),
            alarm_on_failure(
                self.api,
                name="api-failing",
                summary=f"Calls of the API at https://{domain} fail from {region}, although the site loads",
                region=region,
                unless_failing=self.site,
            ),
            *(
                alarm_on_time(
                    canary,
                    name=f"{name}-slow",
                    summary=f"The canary {name} in {region} needs more than {seconds} s, or it runs no more",
                    region=region,
                    seconds=seconds,
                )
                for name, canary, seconds in (
                    ("site", self.site, config.site.slow_seconds),
                    ("api", self.api, config.api.slow_seconds),
                )
            ),
        )
