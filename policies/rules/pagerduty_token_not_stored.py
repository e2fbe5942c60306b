"""Credentials of the provider of PagerDuty."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, pass_if

_CREDENTIALS = ("token", "user_token", "use_app_oauth_scoped_token")


@rule(
    id="CKV_ARQ_56",
    severity="CRITICAL",
    on=("pagerduty",),
    why="Everyone who can read the code or a plan could change who is called.",
    link="https://registry.terraform.io/providers/PagerDuty/pagerduty/latest/docs#argument-reference",
)
def pagerduty_token_not_stored(provider: Block, _: Stack) -> Verdict:
    """Tokens of PagerDuty must not be in code: set the environment variable PAGERDUTY_TOKEN."""
    return pass_if(all(provider.get(name) is None for name in _CREDENTIALS))
