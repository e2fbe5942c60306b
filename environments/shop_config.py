"""The values of the shop's services that differ between environments."""

from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.services.batch_settings import JobConfig
from constructs_arq.services.cron_job import CronJobConfig
from constructs_arq.services.pod_resources import PodResources
from constructs_arq.services.secret_files import SecretFile
from constructs_arq.services.termination import TerminationConfig
from constructs_arq.services.web_service import WebServiceConfig
from environments.image_digests import ImageDigests

# The images have Python and no shell.
_SLEEP = ("/usr/bin/python3", "-c", "import sys, time; time.sleep(int(sys.argv[1]))")
_SMALL = PodResources(cpu_millicores=100, memory_mib=256)


class ShopConfig(Config):
    """The services of the shop: the API with its migrations, the settlement, and the migrator of users."""

    api: WebServiceConfig
    api_pool_size: int = Field(default=10, ge=1, le=200, description="Database connections of a pod.")
    reports_connections: int = Field(
        default=20, ge=1, description="Connections that reports open to the read replica together."
    )
    migrations: JobConfig
    settlement: CronJobConfig
    migrator: JobConfig

    @property
    def secrets(self) -> tuple[SecretFile, ...]:
        """The files with secrets of all services."""
        programs = self.api, self.migrations, self.settlement, self.migrator
        return tuple(file for program in programs for file in program.secrets)


def configure_shop(
    images: ImageDigests, *, api_pods: PodResources, api_scaling: ScalingPolicy, log_level: str = "info"
) -> ShopConfig:
    """Return the services with the images of an environment. All environments run the same programs."""
    return ShopConfig(
        api=WebServiceConfig(
            image=images.api,
            resources=api_pods,
            scaling=api_scaling,
            termination=TerminationConfig(sleep_command=_SLEEP, shutdown_variable="SHUTDOWN_SECONDS"),
            environment={"LOG_LEVEL": log_level},
        ),
        migrations=JobConfig(image=images.api, arguments=("services.api.migrations",), resources=_SMALL),
        settlement=CronJobConfig(
            image=images.api,
            arguments=("services.api.settlement",),
            resources=_SMALL,
            schedule="15 1 * * *",
        ),
        migrator=JobConfig(
            image=images.migrator,
            arguments=(
                *("database", "migrate", "--users", "/etc/service/users.json"),
                *("--ca-file", "/etc/rds/global-bundle.pem"),
            ),
            resources=_SMALL,
        ),
    )
