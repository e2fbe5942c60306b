"""Features of a GuardDuty detector."""

from policies.audit_services import GUARDDUTY_FEATURES
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, is_true, pass_if


@rule(
    id="CKV2_ARQ_21",
    severity="HIGH",
    on=("aws_guardduty_detector",),
    why="Without its features, GuardDuty reads neither the cluster, databases and buckets, nor processes.",
    link="https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html",
)
def detector_complete(detector: Block, stack: Stack) -> Verdict:
    """Detectors must be on, and have each plan of protection: add aws_guardduty_detector_feature for each."""
    enable = detector.get("enable")
    features = stack.referrers(detector, "aws_guardduty_detector_feature")
    names = {str(each.get("name")) for each in features}
    return all_pass(
        [
            Verdict.PASS if enable is None else is_true(enable),
            pass_if(names.issuperset(GUARDDUTY_FEATURES)),
        ]
    )
