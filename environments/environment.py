"""What an environment is: every value that may differ between two of them, typed."""

import re

from pydantic import Field, ValidationInfo, field_validator

from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.load_balancer import LoadBalancerConfig
from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.stack import StackConfig, StateConfig
from constructs_arq.core.values import AccountId, Domain, Region, Slug
from constructs_arq.data.cache_config import CacheConfig
from constructs_arq.data.postgres_config import PostgresConfig
from constructs_arq.edge.distribution import DistributionConfig
from constructs_arq.network.config import NetworkConfig
from constructs_arq.observability.routes import AlarmRoutesConfig
from constructs_arq.security.github_oidc import GithubConfig
from constructs_arq.storage.registry import RegistryConfig

# A load balancer's name in AWS has 32 characters at most, and `NAME-ingress` is one.
LONGEST_NAME = 24
# AWS keeps these beginnings of names for itself (load balancers, security groups, buckets).
_RESERVED = re.compile(r"(internal|sg|sthree|amzn-s3-demo)(-.*)?|.*-bootstrap")


class Environment(Config):
    """One environment of the platform, in an account of its own. Files of values make one each."""

    name: Slug = Field(
        max_length=LONGEST_NAME,
        description="Its name, and its stack's: `cdktf deploy NAME`. Short, as names in AWS begin with it.",
    )
    account_id: AccountId = Field(description="The AWS account it is in, its own.")
    region: Region
    backup_region: Region = Field(description="Where copies of its backups go.")
    protected: bool = Field(description="Whether its data is kept from destruction.")
    owner: Slug = Field(description="The team that answers for it.")
    cost_center: Slug = Field(description="Who pays for it.")
    access_log_retention_days: int = Field(ge=1, description="Days that access logs are kept.")
    zone_id: str = Field(pattern=r"^Z[A-Z0-9]{4,31}$", description="The Route 53 zone of its domain.")
    zone_name: Domain = Field(description="That zone's domain.")
    network: NetworkConfig
    cluster: ClusterConfig
    database: PostgresConfig
    cache: CacheConfig
    images: RegistryConfig = RegistryConfig()
    ingress: LoadBalancerConfig = LoadBalancerConfig()
    site: DistributionConfig
    workers: FleetConfig
    alarms: AlarmRoutesConfig
    github: GithubConfig = GithubConfig(repository="arq-example/platform")

    @field_validator("name")
    @classmethod
    def _name_is_free(cls, name: str) -> str:
        if _RESERVED.fullmatch(name):
            raise validation_error(
                "must not begin with internal, sg, sthree or amzn-s3-demo, nor end with -bootstrap",
                fix="Use another word: AWS keeps the first ones for itself, a stack here has the last.",
            )
        return name

    @field_validator("backup_region")
    @classmethod
    def _backups_are_elsewhere(cls, backup_region: str, info: ValidationInfo) -> str:
        if backup_region == info.data.get("region"):
            raise validation_error(
                "must not be the region itself, which backups are to outlive", fix="Use another."
            )
        return backup_region

    @property
    def state_bucket(self) -> str:
        """The name of the bucket that Terraform's state is in; bucket names are unique in all of AWS."""
        return f"arq-state-{self.account_id}-{self.region}"

    @property
    def stack(self) -> StackConfig:
        """What is true of all its stacks."""
        return StackConfig(
            environment=self.name,
            account_id=self.account_id,
            region=self.region,
            backup_region=self.backup_region,
            protected=self.protected,
            project="arq",
            owner=self.owner,
            cost_center=self.cost_center,
            state=StateConfig(bucket=self.state_bucket, key_alias=f"alias/{self.name}-state-key"),
        )
