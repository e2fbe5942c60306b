"""Inspector: vulnerabilities in instances, images and functions."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.ecr_registry_scanning_configuration import (
    EcrRegistryScanningConfiguration,
    EcrRegistryScanningConfigurationRule,
    EcrRegistryScanningConfigurationRuleRepositoryFilter,
)
from cdktf_cdktf_provider_aws.inspector2_enabler import Inspector2Enabler
from constructs import Construct

from constructs_arq.core.stack import Stack


class Inspector(Construct):
    """Scans of instances, ECR images and Lambda functions in each of `regions`.

    It scans images again when a new vulnerability becomes known. So it replaces the scan of a repository at
    each push, which ECR ignores from then on. Instances need no agent: Inspector also reads their volumes.
    https://docs.aws.amazon.com/inspector/latest/user/scanning-resources.html
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced.html
    """

    def __init__(self, scope: Construct, id: str, *, regions: Sequence[str]) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        for region in regions:
            provider = stack.provider_in(region)
            enabler = Inspector2Enabler(
                self,
                region,
                account_ids=[stack.account_id],
                resource_types=["EC2", "ECR", "LAMBDA"],
                provider=provider,
            )
            EcrRegistryScanningConfiguration(
                self,
                f"{region}-images",
                scan_type="ENHANCED",
                rule=[
                    EcrRegistryScanningConfigurationRule(
                        scan_frequency="CONTINUOUS_SCAN",
                        repository_filter=[
                            EcrRegistryScanningConfigurationRuleRepositoryFilter(
                                filter="*", filter_type="WILDCARD"
                            )
                        ],
                    )
                ],
                provider=provider,
                # Inspector sets the type of scan too when it starts.
                depends_on=[enabler],
            )
