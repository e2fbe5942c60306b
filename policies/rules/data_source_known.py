"""Types of data sources outside AWS."""

from policies.rule import EVERY_DATA_SOURCE, rule
from policies.stack import Block, Stack
from policies.verdict import Verdict

# They contain no secret, and run nothing.
_HARMLESS = frozenset(
    {
        "kubernetes_all_namespaces",
        "kubernetes_namespace_v1",
        "kubernetes_server_version",
        # The id and the name of a person, but no phone number.
        "pagerduty_user",
        # The other stack of the environment.
        "terraform_remote_state",
    }
)
# Terraform's state would contain the secret in plain text.
_FORBIDDEN = frozenset(
    {
        "kubernetes_secret",
        "kubernetes_secret_v1",
        "pagerduty_event_orchestration_integration",
        "pagerduty_service_integration",
    }
)


@rule(
    id="CKV_ARQ_55",
    severity="HIGH",
    on=EVERY_DATA_SOURCE,
    why="Each plan reads them: a secret gets into the state, and some run a program or render a chart.",
    link="https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs",
)
def data_source_known(source: Block, _: Stack) -> Verdict:
    """Each data source outside AWS must be listed as harmless: remove it, or add its type to the rule."""
    if source.type.startswith("aws_"):
        return Verdict.NOT_APPLICABLE
    if source.type in _FORBIDDEN:
        return Verdict.FAIL
    return Verdict.PASS if source.type in _HARMLESS else Verdict.UNKNOWN
