"""Reusable CDKTF constructs for AWS: private, encrypted, monitored and highly available by default.

Import from here: `from constructs_arq import App, Network, Stack`. This import patches the CDKTF bindings
to make them fast: `constructs_arq.core.engine` lists the patches, and `ARQ_ENGINE=stock` turns them off.
Import this package before `cdktf`: in the other order everything works, but slowly.
"""

from constructs_arq.core import engine

engine.start()

from cdktf import App

from constructs_arq.audit.access_analyzers import AccessAnalyzers
from constructs_arq.audit.audit_config import AuditConfig, AuditService
from constructs_arq.audit.config_recorder import ConfigRecorder
from constructs_arq.audit.findings import Findings
from constructs_arq.audit.guardduty import GuardDuty
from constructs_arq.audit.inspector import Inspector
from constructs_arq.audit.root_use import RootUse
from constructs_arq.audit.security_hub import SecurityHub
from constructs_arq.audit.tampering import Tampering
from constructs_arq.audit.trail import Trail
from constructs_arq.cluster.access import AccessConfig
from constructs_arq.cluster.cluster import Cluster
from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.cluster.node_group import Capacity, NodeGroupConfig, Taint, TaintEffect
from constructs_arq.cluster.node_schedule import ScheduledNodes
from constructs_arq.cluster.workload import Workload
from constructs_arq.compute.delivery_runner import DeliveryRunner
from constructs_arq.compute.fleet import Fleet
from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.load_balancer import LoadBalancer, LoadBalancerConfig
from constructs_arq.compute.target_group import HealthCheck, TargetGroup
from constructs_arq.core.alarm import Alarm, Condition, Fill, MissingData, Severity
from constructs_arq.core.errors import ArqError, ConfigError, ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.recovery import DataSet, Loss, NotRecovered, Recovery, hours, minutes
from constructs_arq.core.scaling import ScalingPolicy, ScheduledSize
from constructs_arq.core.slo import (
    DistributionAvailability,
    DistributionLatency,
    HttpAvailability,
    HttpLatency,
    Slo,
)
from constructs_arq.core.stack import Stack, StackConfig, StateConfig
from constructs_arq.data.cache import Cache
from constructs_arq.data.cache_config import CacheConfig
from constructs_arq.data.cross_region_replica import CrossRegionReplica
from constructs_arq.data.postgres import Postgres
from constructs_arq.data.postgres_config import PostgresConfig, ReplicaConfig
from constructs_arq.data.queue import Queue
from constructs_arq.data.queue_config import QueueConfig
from constructs_arq.edge.api_origin import ApiOriginConfig
from constructs_arq.edge.certificate import Certificate, HostedZone
from constructs_arq.edge.content_security_policy import ContentSecurityPolicy, CspMode
from constructs_arq.edge.distribution import Distribution, DistributionConfig
from constructs_arq.edge.host_distribution import HostDistribution
from constructs_arq.edge.web_acl_config import ManagedGroup, RuleException, RuleMode, WebAclConfig
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.priority_class import PriorityClass
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.nat import Nat
from constructs_arq.network.network import Network
from constructs_arq.network.subnets import IsolatedSubnets, PrivateSubnets, PublicSubnets
from constructs_arq.observability.alarms import Alarms
from constructs_arq.observability.canaries.canaries import Canaries
from constructs_arq.observability.canaries.canary_config import (
    ApiCall,
    ApiCheck,
    CanariesConfig,
    DomainCheck,
    SiteVisit,
)
from constructs_arq.observability.costs.budget import Budget, BudgetConfig
from constructs_arq.observability.costs.cost_alerts import CostAlerts
from constructs_arq.observability.costs.cost_allocation_tags import CostAllocationTags
from constructs_arq.observability.costs.cost_anomalies import CostAnomalies, CostAnomaliesConfig
from constructs_arq.observability.dashboard import Dashboard
from constructs_arq.observability.routes import AlarmRoutes, AlarmRoutesConfig
from constructs_arq.observability.slo.distribution_slos import DistributionSlos
from constructs_arq.observability.slo.prometheus_slos import PrometheusSlos
from constructs_arq.observability.subscribers import Subscribers
from constructs_arq.recovery.backup_config import BackupConfig
from constructs_arq.recovery.backups import Backups
from constructs_arq.recovery.dump_store import DumpStore, DumpStoreConfig
from constructs_arq.recovery.failover_plan import FailoverPlan
from constructs_arq.recovery.restore_plan import RestoreTestsConfig
from constructs_arq.recovery.restore_tests import RestoreTests
from constructs_arq.security.account_defaults import AccountDefaults
from constructs_arq.security.audit_limits import AuditLimits
from constructs_arq.security.cluster_limits import ClusterLimits
from constructs_arq.security.connections import Connections, SecurityGroup
from constructs_arq.security.delivery_limits import DeliveryReach
from constructs_arq.security.deploy_limits import DeployLimits
from constructs_arq.security.github_connection import GithubConnection
from constructs_arq.security.github_oidc import GithubConfig, GithubOidc
from constructs_arq.security.gitlab_oidc import GitlabConfig, GitlabOidc
from constructs_arq.security.key import Key
from constructs_arq.security.permissions_boundary import (
    AuditBoundary,
    DeliveryBoundary,
    ReplicationBoundary,
    WorkloadBoundary,
)
from constructs_arq.security.role import Role, Trust
from constructs_arq.security.runner_role import RunnerRole
from constructs_arq.security.service_linked_roles import ServiceLinkedRoles
from constructs_arq.security.state_recovery_key import StateRecoveryKey
from constructs_arq.services.batch_settings import JobConfig
from constructs_arq.services.cron_job import CronJob, CronJobConfig
from constructs_arq.services.gateway import Gateway
from constructs_arq.services.gateway_config import CanaryConfig, GatewayConfig, RateLimit, RouteConfig
from constructs_arq.services.job import Job
from constructs_arq.services.metrics import Metrics, MetricsPort, NoMetrics
from constructs_arq.services.pod_identity import PodIdentity
from constructs_arq.services.pod_resources import PodResources
from constructs_arq.services.public_hosts import PublicHosts
from constructs_arq.services.queue_scaling import QueueScaling
from constructs_arq.services.secret_files import SecretFile, SecretStore
from constructs_arq.services.web_service import WebService, WebServiceConfig
from constructs_arq.services.worker import Worker, WorkerConfig
from constructs_arq.storage.bucket import Bucket, LogBucket
from constructs_arq.storage.image_replication import ImageReplication
from constructs_arq.storage.image_repository import ImageRepository, ImageRepositoryConfig
from constructs_arq.storage.log_group import LogGroup

__all__ = [
    "AccessAnalyzers",
    "AccessConfig",
    "AccountDefaults",
    "Alarm",
    "AlarmRoutes",
    "AlarmRoutesConfig",
    "Alarms",
    "ApiCall",
    "ApiCheck",
    "ApiOriginConfig",
    "App",
    "ArqError",
    "AuditBoundary",
    "AuditConfig",
    "AuditLimits",
    "AuditService",
    "BackupConfig",
    "Backups",
    "Bucket",
    "Budget",
    "BudgetConfig",
    "Cache",
    "CacheConfig",
    "Canaries",
    "CanariesConfig",
    "CanaryConfig",
    "Capacity",
    "Certificate",
    "Cluster",
    "ClusterConfig",
    "ClusterLimits",
    "Condition",
    "ConfigError",
    "ConfigRecorder",
    "Connections",
    "ConstructError",
    "ContentSecurityPolicy",
    "CostAlerts",
    "CostAllocationTags",
    "CostAnomalies",
    "CostAnomaliesConfig",
    "CronJob",
    "CronJobConfig",
    "CrossRegionReplica",
    "CspMode",
    "Dashboard",
    "DataSet",
    "DeliveryBoundary",
    "DeliveryReach",
    "DeliveryRunner",
    "DeployLimits",
    "Distribution",
    "DistributionAvailability",
    "DistributionConfig",
    "DistributionLatency",
    "DistributionSlos",
    "DomainCheck",
    "DumpStore",
    "DumpStoreConfig",
    "FailoverPlan",
    "Fill",
    "Findings",
    "Fleet",
    "FleetConfig",
    "Gateway",
    "GatewayConfig",
    "GithubConfig",
    "GithubConnection",
    "GithubOidc",
    "GitlabConfig",
    "GitlabOidc",
    "GuardDuty",
    "HealthCheck",
    "HostDistribution",
    "HostedZone",
    "HttpAvailability",
    "HttpLatency",
    "ImageReplication",
    "ImageRepository",
    "ImageRepositoryConfig",
    "Inspector",
    "IsolatedSubnets",
    "Job",
    "JobConfig",
    "Key",
    "LoadBalancer",
    "LoadBalancerConfig",
    "LogBucket",
    "LogGroup",
    "Loss",
    "ManagedGroup",
    "Metrics",
    "MetricsPort",
    "MissingData",
    "Namespace",
    "Nat",
    "Network",
    "NetworkConfig",
    "NoMetrics",
    "NodeGroupConfig",
    "NotRecovered",
    "PodIdentity",
    "PodResources",
    "Port",
    "Postgres",
    "PostgresConfig",
    "PriorityClass",
    "PrivateSubnets",
    "PrometheusSlos",
    "PublicHosts",
    "PublicSubnets",
    "Queue",
    "QueueConfig",
    "QueueScaling",
    "RateLimit",
    "Recovery",
    "ReplicaConfig",
    "ReplicationBoundary",
    "RestoreTests",
    "RestoreTestsConfig",
    "Role",
    "RootUse",
    "RouteConfig",
    "RuleException",
    "RuleMode",
    "RunnerRole",
    "ScalingPolicy",
    "ScheduledNodes",
    "ScheduledSize",
    "SecretFile",
    "SecretStore",
    "SecurityGroup",
    "SecurityHub",
    "ServiceLinkedRoles",
    "Severity",
    "SiteVisit",
    "Slo",
    "Stack",
    "StackConfig",
    "StateConfig",
    "StateRecoveryKey",
    "Subscribers",
    "Taint",
    "TaintEffect",
    "Tampering",
    "TargetGroup",
    "Trail",
    "Trust",
    "WebAclConfig",
    "WebService",
    "WebServiceConfig",
    "Worker",
    "WorkerConfig",
    "Workload",
    "WorkloadBoundary",
    "hours",
    "minutes",
]
