"""Checks that AWS lets the account create CloudFront distributions.

AWS verifies new accounts by hand. Until then `CreateDistribution` fails with `AccessDenied: Your account must
be verified before you can add new CloudFront resources` (https://github.com/aws-samples/aws-cdk-examples/issues/279),
while all read operations succeed. So only an existing distribution proves that the account is verified.
"""

from collections.abc import Iterator

from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, ok, unknown
from arqctl.doctor.check import Check


def _check(context: AwsContext) -> Iterator[Check]:
    if not context.configuration.resources("aws_cloudfront_distribution"):
        return
    member = "DistributionList.Items"
    found = context.list_all("cloudfront", "list_distributions", member, "us-east-1")
    if found:
        yield ok(CLOUDFRONT.name, f"the account has {len(found)} distributions")
        return
    what = "no distribution yet, and AWS shows the verification only when one is created"
    fix = "Open a case of the type 'Account and billing' that asks to verify the account for CloudFront: https://console.aws.amazon.com/support/home"
    yield unknown(CLOUDFRONT.name, what, fix)


CLOUDFRONT = AwsCheck("CloudFront verification", ("cloudfront:ListDistributions",), _check)
