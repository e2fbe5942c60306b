"""A service in a VPC and a cluster that other teams manage, with a database of its own."""

from constructs_arq import (
    App,
    Bucket,
    Cluster,
    Key,
    LogBucket,
    Network,
    Port,
    Postgres,
    PostgresConfig,
    SecurityGroup,
    Stack,
    StackConfig,
)

app = App()
stack = Stack(
    app,
    "payments",
    config=StackConfig(
        environment="payments",
        account_id="111122223333",
        region="eu-west-1",
        backup_region="eu-central-1",
        project="payments",
        owner="payments-team",
        cost_center="finance",
    ),
)

# The existing resources. Synthesis validates the ids, and calls no AWS API.
network = Network.from_ids(
    vpc_id="vpc-0123456789abcdef0",
    cidr="10.80.0.0/16",
    isolated={"euw1-az1": "subnet-0a1b2c3d4e5f60718", "euw1-az2": "subnet-08172635445362718"},
)
cluster = Cluster.from_attributes(
    stack,
    "cluster",
    name="shared",
    endpoint="https://0A1B2C3D4E5F60718293A4B5C6D7E8F9.gr7.eu-west-1.eks.amazonaws.com",
    certificate_authority="LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
    oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/"
    "oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9",
    security_group_id="sg-0123456789abcdef0",
)
ledger = Postgres.from_attributes(
    stack,
    "ledger",
    identifier="finance-ledger",
    endpoint="finance-ledger.c9akciq32example.eu-west-1.rds.amazonaws.com",
    security_group_id="sg-0fedcba9876543210",
    resource_id="db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
)
fraud_check = SecurityGroup.from_id(
    security_group_id="sg-00112233445566778", name="fraud-check", listens_on=Port.tcp(8443)
)
key = Key.from_arn(arn="arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")

# The service's own resources.
database = Postgres(
    stack,
    "database",
    subnets=network.isolated,
    config=PostgresConfig(version="17", instance_class="db.m7g.large", storage_gib=100, max_storage_gib=500),
)
receipts = Bucket(stack, "receipts", key=key, access_logs=LogBucket(stack, "access-logs", retention_days=365))

# Existing and new resources are connected in the same way.
service = cluster.workload("payments", namespace="payments")
cluster.connections.allow_to(database, why="The payment service stores payments")
database.grant_connect(service, user="payments")
cluster.connections.allow_to(ledger, why="The payment service books payments")
ledger.grant_connect(service, user="payments")
cluster.connections.allow_to(fraud_check, why="The payment service checks payments for fraud")
receipts.grant_read_write(service)

app.synth()
