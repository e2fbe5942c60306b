"""Security Hub: one list of findings, and AWS's foundational standard."""

from collections.abc import Sequence
from typing import Final

from cdktf_cdktf_provider_aws.securityhub_account import SecurityhubAccount
from cdktf_cdktf_provider_aws.securityhub_standards_subscription import SecurityhubStandardsSubscription
from constructs import Construct

from constructs_arq.core.arn import partition
from constructs_arq.core.stack import Stack

# https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html
_STANDARD: Final = "standards/aws-foundational-security-best-practices/v/1.0.0"


class SecurityHub(Construct):
    """Security Hub with the AWS Foundational Security Best Practices in each of `regions`.

    GuardDuty, Inspector, Access Analyzer and Config send it their findings without more configuration. So
    `Findings` reads them in one place and in one format. Most of its controls need `ConfigRecorder`. Controls
    of global resources are on in each region: docs/account.md states why.
    https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-internal-providers.html
    """

    def __init__(self, scope: Construct, id: str, *, regions: Sequence[str]) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        for region in regions:
            provider = stack.provider_in(region)
            hub = SecurityhubAccount(
                self,
                region,
                # The default standards include one of CIS, which repeats the same checks in another order.
                enable_default_standards=False,
                auto_enable_controls=True,
                control_finding_generator="SECURITY_CONTROL",
                provider=provider,
            )
            SecurityhubStandardsSubscription(
                self,
                f"{region}-standard",
                standards_arn=f"arn:{partition(region)}:securityhub:{region}::{_STANDARD}",
                provider=provider,
                depends_on=[hub],
            )
