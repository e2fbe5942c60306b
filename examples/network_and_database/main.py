"""A network with a PostgreSQL database, a security group that may connect to it, and alarms."""

from cdktf import TerraformOutput

from constructs_arq import (
    AlarmRoutes,
    AlarmRoutesConfig,
    Alarms,
    App,
    Network,
    NetworkConfig,
    Postgres,
    PostgresConfig,
    SecurityGroup,
    Stack,
    StackConfig,
    Subscribers,
)

app = App()

# A stack is one Terraform state in one account and region. Its tags are on all resources.
stack = Stack(
    app,
    "orders",
    config=StackConfig(
        environment="orders",
        account_id="111122223333",
        region="eu-west-1",
        backup_region="eu-central-1",
        project="orders",
        owner="orders-team",
        cost_center="retail",
    ),
)

# Public, private and isolated subnets in two zones.
network = Network(stack, "network", config=NetworkConfig(cidr="10.0.0.0/16", zones=("euw1-az1", "euw1-az2")))

# Encrypted, with a standby, and with backups in both regions. It accepts isolated subnets only.
database = Postgres(
    stack,
    "database",
    subnets=network.isolated,
    config=PostgresConfig(version="17", instance_class="db.m7g.large", storage_gib=100, max_storage_gib=500),
)

# Give this security group to the servers of the application. It allows the database's port only.
servers = SecurityGroup(stack, "servers", network=network, description="Servers of the order service")
servers.connections.allow_to(database, why="The order service stores orders")

# Creates the alarms of all constructs in the stack. Each severity has a topic with its subscribers.
routes = AlarmRoutes(
    stack,
    "alarm-routes",
    config=AlarmRoutesConfig(
        critical=Subscribers(emails=("on-call@example.com",)),
        warning=Subscribers(emails=("orders-team@example.com",)),
    ),
)
Alarms(stack, "alarms", routes=routes)

TerraformOutput(stack, "database-endpoint", value=database.endpoint)

app.synth()
