"""A fleet of EC2 instances that serves requests of a load balancer, and scales with them."""

from cdktf import TerraformOutput

from constructs_arq import (
    AlarmRoutes,
    AlarmRoutesConfig,
    Alarms,
    App,
    Certificate,
    Fleet,
    FleetConfig,
    HostedZone,
    LoadBalancer,
    LoadBalancerConfig,
    LogBucket,
    Network,
    NetworkConfig,
    Port,
    ScalingPolicy,
    Stack,
    StackConfig,
    Subscribers,
)

PORT = 8443

app = App()
stack = Stack(
    app,
    "reports",
    config=StackConfig(
        environment="reports",
        account_id="111122223333",
        region="eu-west-1",
        backup_region="eu-central-1",
        project="reports",
        owner="reports-team",
        cost_center="finance",
    ),
)

network = Network(
    stack, "network", config=NetworkConfig(cidr="10.0.0.0/16", zones=("euw1-az1", "euw1-az2", "euw1-az3"))
)

# An internal load balancer with a certificate for one domain. It writes its logs to the bucket.
load_balancer = LoadBalancer(
    stack,
    "ingress",
    subnets=network.private,
    certificate=Certificate(
        stack,
        "certificate",
        zone=HostedZone(zone_id="Z0123456789ABCDEFGHIJ", name="example.com"),
        domain="reports.example.com",
    ),
    access_logs=LogBucket(stack, "access-logs", retention_days=365),
    config=LoadBalancerConfig(),
)
targets = load_balancer.add_target_group(
    "web", port=PORT, priority=10, hosts=("reports.example.com",), target_type="instance"
)

# Two instances are always on-demand; half of the others are spot instances.
servers = Fleet(
    stack,
    "servers",
    subnets=network.private,
    target_group=targets,
    listens_on=Port.tcp(PORT),
    config=FleetConfig(
        image="al2023-ami-2023.9.20251208.0-kernel-6.1-arm64",
        instance_types=("m7g.large", "m6g.large", "r7g.large", "c7g.xlarge"),
        on_demand_base=2,
        on_demand_percent_above_base=50,
        scaling=ScalingPolicy(min_size=2, max_size=12, target_requests_per_minute=600),
        user_data="#!/bin/sh\nset -eu\ndnf --assumeyes install nginx\nsystemctl enable --now nginx\n",
    ),
)
load_balancer.connections.allow_to(servers, why="It forwards requests to the report servers")

# Creates the alarms of all constructs in the stack.
routes = AlarmRoutes(
    stack,
    "alarm-routes",
    config=AlarmRoutesConfig(
        critical=Subscribers(emails=("on-call@example.com",)),
        warning=Subscribers(emails=("reports-team@example.com",)),
    ),
)
Alarms(stack, "alarms", routes=routes)

TerraformOutput(stack, "load-balancer", value=load_balancer.arn)

app.synth()
