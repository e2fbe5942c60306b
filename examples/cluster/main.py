"""A network with an EKS cluster, and a workload that may read and write one bucket."""

from constructs_arq import (
    AccessConfig,
    App,
    Bucket,
    Cluster,
    ClusterConfig,
    Key,
    LogBucket,
    Network,
    NetworkConfig,
    NodeGroupConfig,
    Stack,
    StackConfig,
)

app = App()
stack = Stack(
    app,
    "invoices",
    config=StackConfig(
        environment="invoices",
        account_id="111122223333",
        region="eu-west-1",
        backup_region="eu-central-1",
        project="invoices",
        owner="invoices-team",
        cost_center="finance",
    ),
)

network = Network(
    stack, "network", config=NetworkConfig(cidr="10.0.0.0/16", zones=("euw1-az1", "euw1-az2", "euw1-az3"))
)

# A private control plane, managed add-ons and one node group. IAM roles get access to the Kubernetes API.
cluster = Cluster(
    stack,
    "cluster",
    subnets=network.private,
    config=ClusterConfig(
        version="1.35",
        access=AccessConfig(admins=("platform-admin",)),
        node_groups={"system": NodeGroupConfig(instance_types=("m7g.large",), nodes=3)},
    ),
)

# A private bucket, encrypted with its own key. S3 writes its access log to the second bucket.
documents = Bucket(
    stack,
    "documents",
    key=Key(stack, "documents-key", description="Encrypts the invoices"),
    access_logs=LogBucket(stack, "access-logs", retention_days=365),
)

# Pods of the Kubernetes service account `renderer` in the namespace `invoices` get an IAM role.
renderer = cluster.workload("renderer", namespace="invoices")
documents.grant_read_write(renderer)

app.synth()
