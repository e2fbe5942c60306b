"""Staging: production's shape at a smaller size, where a release is rehearsed."""

from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.nat import Nat
from environments.environment import Environment

STAGING = Environment(
    name="staging",
    account_id="210987654302",
    region="eu-west-1",
    backup_region="eu-central-1",
    protected=True,
    owner="platform",
    cost_center="engineering",
    access_log_retention_days=90,
    network=NetworkConfig(
        cidr="10.30.0.0/16",
        zones=("euw1-az1", "euw1-az2", "euw1-az3"),
        nat=Nat.PER_ZONE,
        flow_log_retention_days=90,
    ),
)
