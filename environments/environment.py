"""Configuration of an environment: all values that can differ between environments."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from constructs_arq.audit.audit_config import AuditConfig
from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.compute.load_balancer import LoadBalancerConfig
from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.recovery import RecoveryObjectives
from constructs_arq.core.slo import Slo, require_different_names
from constructs_arq.core.stack import StackConfig, StateConfig
from constructs_arq.core.values import AccountId, Domain, Region, Slug
from constructs_arq.data.cache_config import CacheConfig
from constructs_arq.data.postgres_config import PostgresConfig
from constructs_arq.data.time_windows import require_quiet_start
from constructs_arq.edge.distribution import DistributionConfig
from constructs_arq.network.address_plan import find_overlaps, zone_prefix
from constructs_arq.network.config import NetworkConfig
from constructs_arq.observability.canaries.canary_config import CanariesConfig
from constructs_arq.observability.logs.forwarder import LogForwarderConfig
from constructs_arq.observability.paging.pager_config import PagerConfig
from constructs_arq.observability.routes import AlarmRoutesConfig
from constructs_arq.platform.alloy import AlloyConfig
from constructs_arq.platform.cert_manager import CertManagerConfig
from constructs_arq.platform.external_dns import ExternalDnsConfig
from constructs_arq.platform.external_secrets import ExternalSecretsConfig
from constructs_arq.platform.karpenter_config import KarpenterConfig
from constructs_arq.platform.log_receiver import LogReceiverConfig
from constructs_arq.platform.log_store import LogStoreConfig
from constructs_arq.platform.loki_settings import LokiConfig
from constructs_arq.platform.prometheus_config import PrometheusConfig
from constructs_arq.recovery.backup_config import START_MINUTES, BackupConfig
from constructs_arq.recovery.dump_store import DumpStoreConfig
from constructs_arq.recovery.restore_plan import RestoreTestsConfig
from constructs_arq.security.github_oidc import GithubConfig
from constructs_arq.services.gateway_config import GatewayConfig
from constructs_arq.services.secret_files import SecretStore
from constructs_arq.storage.image_repository import ImageRepositoryConfig
from environments.shop_config import ShopConfig
from environments.standby_config import STANDBY_SUFFIX, StandbyConfig

# Names of load balancers have at most 32 characters, and one is called `NAME-ingress`.
MAX_NAME_LENGTH = 24
# AWS reserves the prefixes (load balancers, security groups, buckets), except `paging`. Stacks and GitHub
# environments have the suffixes.
_RESERVED = re.compile(
    r"paging(-.*)?|(internal|sg|sthree|amzn-s3-demo)(-.*)?"
    r"|.*-(account|bootstrap|cluster|platform|publish|standby)"
)
# A load balancer of the standby is called `NAME-standby-ingress`.
MAX_STANDBY_NAME_LENGTH = MAX_NAME_LENGTH - len(STANDBY_SUFFIX)
# Its certificate has the site, its API and all hosts. ACM's default quota is 10 names.
_MAX_STANDBY_HOSTS = 8


class Environment(Config):
    """An environment of the platform, in its own account. Each module of values defines one."""

    name: Slug = Field(
        max_length=MAX_NAME_LENGTH,
        description="Name of the environment and its stack: `cdktf deploy NAME`. Prefix of resource names.",
    )
    account_id: AccountId = Field(description="AWS account, used by no other environment.")
    region: Region
    backup_region: Region = Field(description="Region for copies of backups.")
    protected: bool = Field(description="Whether deletion protection is on for resources with data.")
    owner: Slug = Field(description="Team that owns the environment.")
    cost_center: Slug = Field(description="Cost center that is charged.")
    monthly_budget_usd: int = Field(
        ge=1,
        description="Budget of the account in US dollars a month, at most 20 % from `arqctl cost NAME`.",
    )
    cost_anomaly_monitor: str | None = Field(
        default=None,
        description="ARN of the account's monitor of services, if AWS made it. None creates it.",
    )
    activates_cost_allocation_tags: bool = Field(
        default=False,
        description="Whether the account divides its own bill by tags. A member of an organization can't.",
    )
    access_log_retention_days: int = Field(ge=1, description="Retention of access logs in days.")
    zone_id: str = Field(pattern=r"^Z[A-Z0-9]{4,31}$", description="Route 53 hosted zone id.")
    zone_name: Domain = Field(description="Domain of the hosted zone.")
    network: NetworkConfig
    cluster: ClusterConfig
    karpenter: KarpenterConfig
    cert_manager: CertManagerConfig = CertManagerConfig()
    external_secrets: ExternalSecretsConfig = ExternalSecretsConfig()
    external_dns: ExternalDnsConfig = ExternalDnsConfig()
    prometheus: PrometheusConfig = PrometheusConfig()
    database: PostgresConfig
    backups: BackupConfig = BackupConfig()
    dumps: DumpStoreConfig = DumpStoreConfig()
    restore_tests: RestoreTestsConfig | None = Field(
        default=None, description="Monthly restores of the database, with checks. None: nobody tests."
    )
    cache: CacheConfig
    shop: ShopConfig
    images: ImageRepositoryConfig = ImageRepositoryConfig()
    ingress: LoadBalancerConfig = LoadBalancerConfig()
    gateway: GatewayConfig = GatewayConfig()
    site: DistributionConfig
    hosts: tuple[Domain, ...] = Field(
        default=(),
        # ACM's default quota of names in a certificate.
        max_length=10,
        description="More public hosts: the cluster gets all requests, and ExternalDNS makes the records.",
    )
    alarms: AlarmRoutesConfig
    pager: PagerConfig | None = Field(
        default=None, description="PagerDuty for critical alarms and alerts; None pages nobody."
    )
    canaries: CanariesConfig
    log_store: LogStoreConfig = LogStoreConfig()
    loki: LokiConfig = LokiConfig()
    alloy: AlloyConfig = AlloyConfig()
    log_forwarder: LogForwarderConfig | None = Field(
        default=None,
        description="Sends log groups of CloudWatch to Loki. None: they are in CloudWatch only.",
    )
    log_receiver: LogReceiverConfig = LogReceiverConfig()
    slos: Annotated[tuple[Slo, ...], AfterValidator(require_different_names)] = Field(
        default=(), description="Objectives for the availability and the latency of services."
    )
    recovery: RecoveryObjectives = Field(
        default_factory=dict,
        description="Recovery objectives by loss and data set. Without any, nothing is promised.",
    )
    audit: AuditConfig = AuditConfig()
    github: GithubConfig = GithubConfig(repository="arq-example/platform")
    standby: StandbyConfig | None = Field(
        default=None, description="A standby in the backup region, which can take over. None: only copies."
    )
    primary: "Environment | None" = Field(
        default=None, exclude=True, description="Set by `standby_environment` only: what it stands by for."
    )

    @field_validator("name")
    @classmethod
    def _check_name_is_not_reserved(cls, name: str) -> str:
        if _RESERVED.fullmatch(name):
            raise validation_error(
                "must not begin with paging, internal, sg, sthree or amzn-s3-demo, nor end with "
                "-account, -bootstrap, -cluster, -platform, -publish or -standby",
                fix="Use another name: AWS or a stack has the prefix, and stacks and jobs have the suffixes.",
            )
        return name

    @field_validator("hosts")
    @classmethod
    def _check_hosts_are_not_of_the_site(
        cls, hosts: tuple[Domain, ...], info: ValidationInfo
    ) -> tuple[Domain, ...]:
        site = info.data.get("site")
        taken = (
            {site.domain, f"api.{site.domain}", f"logs.{site.domain}"}
            if isinstance(site, DistributionConfig)
            else set()
        )
        if taken.intersection(hosts) or len(set(hosts)) < len(hosts):
            raise validation_error(
                "must be different names, without the site's domain, and api. or logs. before it",
                fix="Remove the name: the site's distribution or a load balancer has it.",
            )
        return hosts

    @field_validator("backup_region")
    @classmethod
    def _check_backup_region(cls, backup_region: str, info: ValidationInfo) -> str:
        if backup_region == info.data.get("region"):
            raise validation_error(
                "must differ from region, so that backups survive the loss of the region",
                fix="Use another region.",
            )
        return backup_region

    @field_validator("canaries")
    @classmethod
    def _check_canary_regions(cls, canaries: CanariesConfig, info: ValidationInfo) -> CanariesConfig:
        regions = (info.data.get("region"), info.data.get("backup_region"))
        if None not in regions and canaries.regions not in (regions[:1], regions):
            raise validation_error(
                f"must have the regions {regions[0]}, or {regions[0]} and {regions[1]}",
                fix="Use region, and backup_region after it: delivery roles work in these.",
            )
        return canaries

    @model_validator(mode="after")
    def _check_standby(self) -> Self:
        standby = self.standby
        if standby is None:
            return self
        if len(self.name) > MAX_STANDBY_NAME_LENGTH:
            raise validation_error(
                f"name must have at most {MAX_STANDBY_NAME_LENGTH} characters with a standby, "
                f"got {len(self.name)}",
                fix="Use a shorter name, or remove standby.",
            )
        if len(self.hosts) > _MAX_STANDBY_HOSTS:
            raise validation_error(
                f"hosts must have at most {_MAX_STANDBY_HOSTS} names with a standby, got {len(self.hosts)}",
                fix="Remove hosts: one certificate of the standby has all names.",
            )
        prefix = zone_prefix(self.backup_region)
        if not standby.network.zones[0].startswith(f"{prefix}-"):
            raise validation_error(
                f"standby.network.zones must be in {self.backup_region}, got {standby.network.zones[0]}",
                fix=f"Use zones such as {prefix}-az1.",
            )
        if find_overlaps({"network": self.network.cidr, "standby.network": standby.network.cidr}):
            raise validation_error(
                f"standby.network.cidr must not overlap network.cidr, got {standby.network.cidr}",
                fix="Use another range, so that both networks can be connected.",
            )
        return self

    @model_validator(mode="after")
    def _check_backups_survive_a_key(self) -> Self:
        if self.protected and not self.backups.has_copies:
            raise validation_error(
                "a protected environment must have copies of its backups: RDS keeps the database's key",
                fix="Set backups.copy_to_backup_region=True, or cross_account_copy: copies have other keys.",
            )
        return self

    @model_validator(mode="after")
    def _check_vault_is_configured(self) -> Self:
        names = [file.key for file in self.shop.secrets if file.store is SecretStore.VAULT]
        if names and self.external_secrets.vault is None:
            raise validation_error(
                f"external_secrets.vault is not configured, but the shop reads {', '.join(names)} from Vault",
                fix="Set external_secrets=ExternalSecretsConfig(vault=VaultConfig(…)), or another store.",
            )
        return self

    @model_validator(mode="after")
    def _check_backups_find_the_database_available(self) -> Self:
        require_quiet_start(
            self.backups.start_hour,
            START_MINUTES,
            daily=self.database.backup_window,
            weekly=self.database.maintenance_window,
        )
        return self

    @model_validator(mode="after")
    def _check_nobody_is_paged_twice(self) -> Self:
        mails = [
            each
            for each in self.alarms.critical.emails
            if each.lower().endswith((".pagerduty.com", "@pagerduty.com"))
        ]
        if self.pager and mails:
            raise validation_error(
                f"alarms.critical.emails has {', '.join(mails)}, but pager sends the same alarms",
                fix="Remove the address: one problem would open two incidents.",
            )
        return self

    @property
    def home(self) -> "Environment":
        """The environment with the account, roles and boundary: itself, or what it stands by for."""
        return self.primary or self

    @property
    def standby_values(self) -> StandbyConfig:
        """The values of a standby, which its environment has.

        Raises:
            ValueError: if this is no standby.
        """
        if self.primary is None or self.primary.standby is None:
            raise ValueError(f"{self.name} is no standby")
        return self.primary.standby

    @property
    def region_switch(self) -> str:
        """The name of the key value store that decides which region serves the API."""
        return f"{self.home.name}-site-region-switch"

    @property
    def is_promoted(self) -> bool:
        """Whether this is a standby that has taken over."""
        return bool(self.primary and self.primary.standby and self.primary.standby.promoted)

    @property
    def log_domain(self) -> str:
        """The name of the load balancer that takes lines of log groups."""
        return f"logs.{self.site.domain}"

    @property
    def state_bucket(self) -> str:
        """The name of the Terraform state bucket, which includes the account because names are global."""
        return f"arq-state-{self.account_id}-{self.home.region}"

    @property
    def state_copy_bucket(self) -> str:
        """The name of the bucket with the copy of the state in the backup region."""
        return f"arq-state-copy-{self.account_id}-{self.home.backup_region}"

    @property
    def state_key_alias(self) -> str:
        """The alias of the KMS key that encrypts the state."""
        return f"alias/{self.home.name}-state-key"

    @property
    def state_copy_key_alias(self) -> str:
        """The alias of the KMS key that encrypts the copy of the state."""
        return f"alias/{self.home.name}-state-copy-key"

    @property
    def cluster_role(self) -> str:
        """The name of the delivery role that deploys into the cluster."""
        return f"{self.home.name}-delivery-cluster"

    @property
    def audit_role(self) -> str:
        """The name of the delivery role that reads the cluster."""
        return f"{self.home.name}-delivery-audit"

    @property
    def runner(self) -> str:
        """The name of the delivery runner, and of its role."""
        return f"{self.name}-delivery-runner"

    @property
    def node_roles(self) -> tuple[str, ...]:
        """The names of the roles of the cluster's nodes, which `Cluster` makes."""
        return f"{self.name}-cluster-node", f"{self.name}-cluster-karpenter-node"

    @property
    def boundary(self) -> str:
        """The name of the IAM policy that limits the roles of the environment's stack."""
        return f"{self.home.name}-boundary"

    @property
    def image_repository(self) -> str:
        """The name of the repository of images, which replication gives to its copy too."""
        return f"{self.home.name}-images"

    @property
    def paging_secret(self) -> str:
        """The name of the secret with the keys of paging.

        A standby has its own heartbeat: with the same one, it would hide that the environment's own cluster
        is silent.
        """
        return f"{self.home.name}/{'standby-' if self.primary else ''}paging"

    @property
    def stack(self) -> StackConfig:
        """The configuration of all stacks of the environment."""
        return StackConfig(
            environment=self.home.name,
            name_prefix=self.name if self.primary else None,
            account_id=self.account_id,
            region=self.region,
            backup_region=self.backup_region,
            protected=self.protected,
            project="arq",
            owner=self.owner,
            cost_center=self.cost_center,
            state=self._state,
            permissions_boundary=self.boundary,
            runbooks_url=f"https://github.com/{self.github.repository}/blob/main/docs/runbooks",
        )

    @property
    def _state(self) -> StateConfig:
        """The state of the environment's stacks: for a promoted standby, not in the lost region."""
        if self.is_promoted:
            return StateConfig(bucket=self.state_copy_bucket, key_alias=self.state_copy_key_alias)
        return StateConfig(
            bucket=self.state_bucket,
            key_alias=self.state_key_alias,
            region=self.home.region if self.primary else None,
        )
