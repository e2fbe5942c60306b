"""The values of the shop's services that differ between environments."""

from collections.abc import Mapping

from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.data.queue_config import QueueConfig
from constructs_arq.services.batch_settings import JobConfig
from constructs_arq.services.cron_job import CronJobConfig
from constructs_arq.services.metrics import Metrics, MetricsPort
from constructs_arq.services.pod_resources import PodResources
from constructs_arq.services.queue_scaling import QueueScaling
from constructs_arq.services.secret_files import SecretFile
from constructs_arq.services.termination import TerminationConfig
from constructs_arq.services.web_service import WebServiceConfig
from constructs_arq.services.worker import WorkerConfig
from environments.error_reports import ErrorReports
from environments.image_digests import ImageDigests

# The images have Python and no shell.
_SLEEP = ("/usr/bin/python3", "-c", "import sys, time; time.sleep(int(sys.argv[1]))")
_PROGRAMS = (WebServiceConfig, WorkerConfig, JobConfig)
_SMALL = PodResources(cpu_millicores=100, memory_mib=256)
# Two processes restore, each with 256 MiB for an index, beside the server.
_DUMP = PodResources(cpu_millicores=1000, memory_mib=2048)


class ReceiptsConfig(Config):
    """The queue of entries that need a receipt, and the worker that issues the receipts."""

    queue: QueueConfig
    worker: WorkerConfig


class ShopConfig(Config):
    """The services of the shop: the API with its migrations, jobs, dumps of its database, and a worker."""

    api: WebServiceConfig
    api_pool_size: int = Field(
        default=10, ge=2, le=200, description="Database connections of a pod, one of them for its readiness."
    )
    reports_connections: int = Field(
        default=20, ge=1, description="Connections that reports open to the read replica together."
    )
    migrations: JobConfig
    settlement: CronJobConfig
    migrator: JobConfig
    dump: CronJobConfig
    ledger: CronJobConfig
    snapshot_hours: int = Field(
        default=4,
        ge=1,
        le=7,
        description="Longest snapshot of a dump or ledger. Until its end, vacuum removes no newer row.",
    )
    receipts: ReceiptsConfig | None = Field(
        default=None, description="Receipts for entries. With them, the environment has a queue and KEDA."
    )
    error_reports: ErrorReports | None = Field(
        default=None, description="Reports of errors and durations to Sentry."
    )

    @property
    def secrets(self) -> tuple[SecretFile, ...]:
        """The files with secrets of all services."""
        values = (getattr(self, name) for name in type(self).model_fields)
        programs = (each.worker if isinstance(each, ReceiptsConfig) else each for each in values)
        return tuple(file for each in programs if isinstance(each, _PROGRAMS) for file in each.secrets)


def configure_shop(
    images: ImageDigests,
    *,
    api_pods: PodResources,
    api_scaling: ScalingPolicy,
    receipts_scaling: QueueScaling | None = None,
    error_reports: ErrorReports | None = None,
    log_level: str = "info",
) -> ShopConfig:
    """Return the services with the images of an environment. Receipts and error reports are optional."""
    reports = error_reports.variables if error_reports else {}
    secrets = error_reports.files if error_reports else ()
    variables = {"LOG_LEVEL": log_level, **reports}
    return ShopConfig(
        api=WebServiceConfig(
            image=images.find("api"),
            resources=api_pods,
            scaling=api_scaling,
            metrics=Metrics(),
            termination=TerminationConfig(sleep_command=_SLEEP, shutdown_variable="SHUTDOWN_SECONDS"),
            environment=variables,
            secrets=secrets,
        ),
        migrations=JobConfig(
            image=images.find("api"), arguments=("services.api.migrations",), resources=_SMALL
        ),
        settlement=CronJobConfig(
            image=images.find("api"),
            arguments=("services.api.settlement",),
            resources=_SMALL,
            schedule="15 1 * * *",
            environment=reports,
            secrets=secrets,
        ),
        migrator=JobConfig(
            image=images.find("migrator"),
            arguments=(
                *("database", "migrate", "--users", "/etc/service/users.json"),
                *("--ca-file", "/etc/rds/global-bundle.pem"),
            ),
            resources=_SMALL,
        ),
        dump=CronJobConfig(
            image=images.find("backup"),
            arguments=("services.backup.dump",),
            resources=_DUMP,
            # Outside the windows of the database, and at a time without deployments.
            schedule="15 3 * * SAT",
            retries=1,
        ),
        ledger=CronJobConfig(
            image=images.find("backup"),
            arguments=("services.backup.ledger",),
            resources=_SMALL,
            # Before the daily backup, whose restored copies are compared with it.
            schedule="15 4 * * *",
            retries=1,
        ),
        receipts=_configure_receipts(images, receipts_scaling, variables, secrets)
        if receipts_scaling
        else None,
        error_reports=error_reports,
    )


def _configure_receipts(
    images: ImageDigests,
    scaling: QueueScaling,
    variables: Mapping[str, str],
    secrets: tuple[SecretFile, ...],
) -> ReceiptsConfig:
    return ReceiptsConfig(
        queue=QueueConfig(processing_seconds=20, visibility_seconds=60),
        worker=WorkerConfig(
            image=images.find("api"),
            arguments=("services.api.receipts",),
            resources=_SMALL,
            scaling=scaling,
            metrics=MetricsPort(),
            alive_command=("/usr/bin/python3", "-m", "services.api.heartbeat"),
            environment=variables,
            secrets=secrets,
        ),
    )
