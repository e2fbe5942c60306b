"""Production: three zones, nothing shared between them that can fail, and everything kept."""

from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.nat import Nat
from environments.environment import Environment

PRODUCTION = Environment(
    name="production",
    account_id="210987654321",
    region="eu-west-1",
    backup_region="eu-central-1",
    protected=True,
    owner="platform",
    cost_center="operations",
    access_log_retention_days=365,
    network=NetworkConfig(
        cidr="10.40.0.0/16",
        zones=("euw1-az1", "euw1-az2", "euw1-az3"),
        nat=Nat.PER_ZONE,
        flow_log_retention_days=365,
    ),
)
