"""Development: small, cheap, and forgotten without loss."""

from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.nat import Nat
from environments.environment import Environment

DEV = Environment(
    name="dev",
    account_id="210987654301",
    region="eu-west-1",
    backup_region="eu-central-1",
    protected=False,
    owner="platform",
    cost_center="engineering",
    access_log_retention_days=30,
    network=NetworkConfig(
        cidr="10.20.0.0/16",
        zones=("euw1-az1", "euw1-az2"),
        nat=Nat.SINGLE,
        interface_endpoints=(),
        flow_log_retention_days=30,
    ),
)
