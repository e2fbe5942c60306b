"""Tags by which AWS divides the bill."""

from cdktf_cdktf_provider_aws.ce_cost_allocation_tag import CeCostAllocationTag
from constructs import Construct

from constructs_arq.core.stack import Stack
from constructs_arq.observability.costs.region import BILLING_REGION

# Tags of all stacks that name the payer. Each resource has them: `Stack.common_tags`.
_TAGS = ("cost-center", "environment", "owner", "project")


class CostAllocationTags(Construct):
    """Activates the tags of the stacks as cost allocation tags.

    Only the management account of an organization can do this, or an account without one. AWS refuses others:
    "Linked account doesn't have access to cost allocation tags". AWS knows a tag up to 24 hours after the
    first resource with it exists.
    https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        provider = Stack.of(self).provider_in(BILLING_REGION)
        for tag in _TAGS:
            CeCostAllocationTag(self, tag, tag_key=tag, status="Active", provider=provider)
