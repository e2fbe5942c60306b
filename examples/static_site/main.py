"""A static site: CloudFront, a private bucket with a copy in a second region, and a certificate."""

from constructs_arq import (
    App,
    Distribution,
    DistributionConfig,
    HostedZone,
    LogBucket,
    Role,
    Stack,
    StackConfig,
)

app = App()
stack = Stack(
    app,
    "handbook",
    config=StackConfig(
        environment="handbook",
        account_id="111122223333",
        region="eu-west-1",
        backup_region="eu-central-1",
        project="handbook",
        owner="docs-team",
        cost_center="engineering",
    ),
)

# The Route 53 zone exists. Terraform adds the site's records and those that validate the certificate.
zone = HostedZone(zone_id="Z0123456789ABCDEFGHIJ", name="example.com")
access_logs = LogBucket(stack, "access-logs", retention_days=90)

site = Distribution(
    stack,
    "site",
    zone=zone,
    access_logs=access_logs,
    config=DistributionConfig(domain="handbook.example.com", price_class="PriceClass_100"),
)

# The role of the delivery pipeline exists. It may publish pages and invalidate the cache.
publisher = Role.from_name(stack, "publisher", name="handbook-publisher")
site.grant_publish(publisher)

app.synth()
