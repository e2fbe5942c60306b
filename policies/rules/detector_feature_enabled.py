"""Plans of protection of GuardDuty."""

from policies.audit_services import GUARDDUTY_FEATURES
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, is_one_of


@rule(
    id="CKV_ARQ_71",
    severity="HIGH",
    on=("aws_guardduty_detector_feature",),
    why="GuardDuty sees only what its plans read, and EKS_RUNTIME_MONITORING excludes RUNTIME_MONITORING.",
    link="https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html",
)
def detector_feature_enabled(feature: Block, _: Stack) -> Verdict:
    """GuardDuty's features must be ENABLED, and use RUNTIME_MONITORING instead of EKS_RUNTIME_MONITORING."""
    return all_pass(
        [
            is_one_of(feature.get("status"), ["ENABLED"]),
            is_one_of(feature.get("name"), GUARDDUTY_FEATURES),
        ]
    )
