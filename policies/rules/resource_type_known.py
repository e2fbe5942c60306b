"""Types of resources outside AWS."""

from policies.rule import EVERY_RESOURCE, has_rule, rule
from policies.stack import Block, Stack
from policies.verdict import Verdict

# They give nobody rights, open no port and contain no pods.
_HARMLESS = frozenset(
    {
        "kubernetes_config_map_v1",
        "kubernetes_horizontal_pod_autoscaler_v2",
        "kubernetes_limit_range_v1",
        "kubernetes_pod_disruption_budget_v1",
        "kubernetes_priority_class_v1",
        "kubernetes_resource_quota_v1",
        # Rights of an account are in roles of Kubernetes and AWS.
        "kubernetes_service_account_v1",
        "pagerduty_alert_grouping_setting",
        "terraform_data",
    }
)
# Their content is in Terraform's state in plain text, or no rule can read it.
_FORBIDDEN = frozenset(
    {
        "kubectl_manifest",
        "kubernetes_manifest",
        "kubernetes_secret",
        "kubernetes_secret_v1",
        "kubernetes_secret_v1_data",
        "null_resource",
        # Keys with which everybody can open and close incidents, and secrets of receivers.
        "pagerduty_automation_actions_runner",
        "pagerduty_event_orchestration",
        "pagerduty_event_orchestration_integration",
        "pagerduty_extension",
        "pagerduty_extension_servicenow",
        "pagerduty_ruleset",
        "pagerduty_service_integration",
    }
)


@rule(
    id="CKV_ARQ_35",
    severity="HIGH",
    on=EVERY_RESOURCE,
    why="Without a rule, a type passes with any content. Checkov knows few types of Kubernetes.",
    link="https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs",
)
def resource_type_known(resource: Block, _: Stack) -> Verdict:
    """Types outside AWS must have a rule, or be listed as harmless: use a typed resource, or add a rule."""
    if resource.type.startswith("aws_"):
        return Verdict.NOT_APPLICABLE
    if resource.type in _FORBIDDEN:
        return Verdict.FAIL
    return Verdict.PASS if has_rule(resource.type) or resource.type in _HARMLESS else Verdict.UNKNOWN
