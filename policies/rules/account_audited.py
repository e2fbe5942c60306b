"""Services that record and check an account."""

from policies.audit_services import in_provider, is_managed_by_organization, is_of_account
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, pass_if

# The types of a service in each region, and once in the account.
_IN_EACH_REGION = {
    "config": ("aws_config_configuration_recorder",),
    "guardduty": ("aws_guardduty_detector",),
    "inspector": ("aws_inspector2_enabler",),
    "security-hub": ("aws_securityhub_account", "aws_securityhub_standards_subscription"),
}
_ONCE = {"cloudtrail": ("aws_cloudtrail",)}
_STANDARD = "aws-foundational-security-best-practices"


@rule(
    id="CKV2_ARQ_22",
    severity="HIGH",
    on=("aws",),
    why="Nobody notices an intrusion in an account, or in a region of it, that nothing records and checks.",
    link="https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/detection.html",
)
def account_audited(provider: Block, stack: Stack) -> Verdict:
    """Accounts must have CloudTrail, Config, GuardDuty, Security Hub, Inspector, analyzers, strong passwords.

    The account stack has them in the region of each provider. A service that the organization manages
    is in AuditConfig(managed_by_organization={service: reason}).
    """
    if not is_of_account(stack):
        return Verdict.NOT_APPLICABLE
    return all_pass(
        [
            *(
                _has(service, [in_provider(provider, stack, each) for each in types], stack)
                for service, types in _IN_EACH_REGION.items()
            ),
            *(_has(service, [stack.of_type(*types)], stack) for service, types in _ONCE.items()),
            _has("access-analyzer", [_external(provider, stack), _unused(stack)], stack),
            pass_if(bool(stack.of_type("aws_iam_account_password_policy"))),
            _has("security-hub", [_standards(provider, stack)], stack),
        ]
    )


def _has(service: str, found: list[list[Block]], stack: Stack) -> Verdict:
    return pass_if(all(found) or is_managed_by_organization(service, stack))


def _external(provider: Block, stack: Stack) -> list[Block]:
    analyzers = in_provider(provider, stack, "aws_accessanalyzer_analyzer")
    return [each for each in analyzers if each.get("type") in (None, "ACCOUNT")]


def _unused(stack: Stack) -> list[Block]:
    analyzers = stack.of_type("aws_accessanalyzer_analyzer")
    return [each for each in analyzers if each.get("type") == "ACCOUNT_UNUSED_ACCESS"]


def _standards(provider: Block, stack: Stack) -> list[Block]:
    subscriptions = in_provider(provider, stack, "aws_securityhub_standards_subscription")
    return [each for each in subscriptions if _STANDARD in str(each.get("standards_arn"))]
