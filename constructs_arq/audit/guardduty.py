"""GuardDuty: detection of threats."""

from collections.abc import Mapping, Sequence
from typing import Final

from cdktf_cdktf_provider_aws.guardduty_detector import GuarddutyDetector
from cdktf_cdktf_provider_aws.guardduty_detector_feature import (
    GuarddutyDetectorFeature,
    GuarddutyDetectorFeatureAdditionalConfiguration,
)
from constructs import Construct

from constructs_arq.core.stack import Stack
from constructs_arq.core.values import slugify

# All plans of protection. RUNTIME_MONITORING contains EKS_RUNTIME_MONITORING: AWS refuses both.
# https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html
_FEATURES: Final = (
    "EBS_MALWARE_PROTECTION",
    "EKS_AUDIT_LOGS",
    "LAMBDA_NETWORK_LOGS",
    "RDS_LOGIN_EVENTS",
    "RUNTIME_MONITORING",
    "S3_DATA_EVENTS",
)
# GuardDuty installs its agent itself. AWS returns all three, so each is set: a missing one is drift.
# https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring.html
_AGENTS: Final[Mapping[str, str]] = {
    "EC2_AGENT_MANAGEMENT": "ENABLED",
    "ECS_FARGATE_AGENT_MANAGEMENT": "ENABLED",
    "EKS_ADDON_MANAGEMENT": "ENABLED",
}


class GuardDuty(Construct):
    """A detector with all plans of protection in each of `regions`.

    It sees nothing in other regions, and an attacker uses those that nobody looks at: the trail records the
    calls there, and a service control policy can deny them. The agent of runtime monitoring is an add-on of
    the cluster, which GuardDuty installs, with its own endpoint in the VPC. GuardDuty bills by the data that
    it reads.
    https://docs.aws.amazon.com/guardduty/latest/ug/what-is-guardduty.html
    """

    def __init__(self, scope: Construct, id: str, *, regions: Sequence[str]) -> None:
        super().__init__(scope, id)
        for region in regions:
            self._make_detector(region)

    def _make_detector(self, region: str) -> None:
        provider = Stack.of(self).provider_in(region)
        detector = GuarddutyDetector(
            self, region, enable=True, finding_publishing_frequency="FIFTEEN_MINUTES", provider=provider
        )
        for feature in _FEATURES:
            GuarddutyDetectorFeature(
                self,
                f"{region}-{slugify(feature.replace('_', '-'))}",
                detector_id=detector.id,
                name=feature,
                status="ENABLED",
                additional_configuration=_agents() if feature == "RUNTIME_MONITORING" else None,
                provider=provider,
            )


def _agents() -> list[GuarddutyDetectorFeatureAdditionalConfiguration]:
    return [
        GuarddutyDetectorFeatureAdditionalConfiguration(name=name, status=status)
        for name, status in _AGENTS.items()
    ]
