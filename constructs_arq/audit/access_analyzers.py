"""IAM Access Analyzer: access from outside of the account, and access that nobody uses."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.accessanalyzer_analyzer import (
    AccessanalyzerAnalyzer,
    AccessanalyzerAnalyzerConfiguration,
    AccessanalyzerAnalyzerConfigurationUnusedAccess,
)
from constructs import Construct

from constructs_arq.core.stack import Stack, logical_name


class AccessAnalyzers(Construct):
    """An analyzer of external access in each of `regions`, and one of unused access in the stack's region.

    The first finds policies of buckets, keys, roles and others that let in another account. It costs nothing.
    The second finds roles, users and permissions that nobody used for `unused_days`. AWS bills it by role and
    user, and these have no region, so one is enough.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html
    """

    def __init__(self, scope: Construct, id: str, *, regions: Sequence[str], unused_days: int) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        name = stack.physical_name(logical_name(self))
        for region in regions:
            AccessanalyzerAnalyzer(
                self,
                region,
                analyzer_name=f"{name}-external",
                type="ACCOUNT",
                provider=stack.provider_in(region),
            )
        AccessanalyzerAnalyzer(
            self,
            "unused",
            analyzer_name=f"{name}-unused",
            type="ACCOUNT_UNUSED_ACCESS",
            configuration=AccessanalyzerAnalyzerConfiguration(
                unused_access=AccessanalyzerAnalyzerConfigurationUnusedAccess(unused_access_age=unused_days)
            ),
        )
