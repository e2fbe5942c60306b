"""What each kind of scaling policy can't do without."""

from collections.abc import Iterator

from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.diagnostic import Diagnostic

_NEEDED = {
    "TargetTrackingScaling": ("target_tracking_configuration",),
    "StepScaling": ("adjustment_type", "step_adjustment"),
    "PredictiveScaling": ("predictive_scaling_configuration",),
    "SimpleScaling": ("adjustment_type", "scaling_adjustment"),
}


def check_policy_arguments(policy: Resource) -> Iterator[Diagnostic]:
    """The arguments that go with the policy's type."""
    kind = policy.get_text("policy_type") or ""
    for name in _NEEDED.get(kind, ()):
        # Zero is an adjustment too.
        if policy.values.get(name) in (None, "", []):
            yield make_error("A scaling policy that says too little", f"{kind} needs {name}. Give it.", name)
