"""Programs that run at scheduled times."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_kubernetes.cron_job_v1 import (
    CronJobV1,
    CronJobV1Metadata,
    CronJobV1Spec,
    CronJobV1SpecJobTemplate,
    CronJobV1SpecJobTemplateMetadata,
    CronJobV1SpecJobTemplateSpec,
    CronJobV1SpecJobTemplateSpecTemplate,
    CronJobV1SpecJobTemplateSpecTemplateMetadata,
    CronJobV1SpecJobTemplateSpecTemplateSpec,
)
from constructs import Construct
from pydantic import Field

from constructs_arq.core.pod_group import PodGroup
from constructs_arq.core.protocols import Grantee, KubernetesCluster
from constructs_arq.core.scaling import Cron, TimeZone
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.external_secrets import ExternalSecrets
from constructs_arq.services.batch_settings import JobConfig
from constructs_arq.services.connections import ServiceConnections
from constructs_arq.services.image import Images
from constructs_arq.services.names import LONGEST_CRON_JOB, require_short_name
from constructs_arq.services.pod_identity import PodIdentity
from constructs_arq.services.pod_structs import convert_struct
from constructs_arq.services.pod_template import Program, batch_pod
from constructs_arq.services.program import make_program
from constructs_arq.services.scratch_volume import ScratchVolume

_NO_VALUES: Mapping[str, str] = MappingProxyType({})
_KEPT_JOBS = 3
# Karpenter would move a pod that runs for hours, and its work would begin again.
# https://karpenter.sh/docs/concepts/disruption/#pod-level-controls
_ANNOTATIONS = {"karpenter.sh/do-not-disrupt": "true"}


class CronJobConfig(JobConfig):
    """Settings of a scheduled job that an environment can vary."""

    schedule: Cron = Field(description='Start time as five cron fields, such as "0 2 * * *".')
    time_zone: TimeZone = Field(
        default="Etc/UTC", description="IANA time zone of the schedule, such as Europe/Berlin."
    )
    start_within_seconds: int = Field(
        default=3600, ge=60, description="Time in which a missed start is repeated, such as after an upgrade."
    )


class CronJob(Construct):
    """A program that runs to its end at scheduled times. Two runs never overlap: the later one is omitted.

    Grant permissions to `identity`, and allow connections with `connections`: no other traffic passes. Files
    that are larger than `temporary_mib` of its resources need a `scratch` volume.
    https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: KubernetesCluster,
        namespace: Namespace,
        images: Images,
        config: CronJobConfig,
        secrets_from: ExternalSecrets | None = None,
        environment: Mapping[str, str] = _NO_VALUES,
        scratch: ScratchVolume | None = None,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        require_short_name(
            self, longest=LONGEST_CRON_JOB, why="Kubernetes adds 11 characters for the name of each job"
        )
        self.pod_groups: Sequence[PodGroup] = (config.resources.pods(id),)
        pods = PodIdentity(self, "identity", name=id, cluster=cluster, namespace=namespace)
        self.identity: Grantee = pods.role
        self.connections: ServiceConnections = pods.connections
        program = make_program(
            self,
            namespace=namespace,
            images=images,
            config=config,
            environment=environment,
            service_account=pods.service_account,
            secrets_from=secrets_from,
            depends_on=depends_on,
            scratch=scratch,
        )
        labels = dict(pods.labels)
        CronJobV1(
            self,
            "Default",
            metadata=CronJobV1Metadata(name=id, namespace=namespace.name, labels=labels),
            spec=CronJobV1Spec(
                schedule=config.schedule,
                timezone=config.time_zone,
                concurrency_policy="Forbid",
                starting_deadline_seconds=config.start_within_seconds,
                successful_jobs_history_limit=_KEPT_JOBS,
                failed_jobs_history_limit=_KEPT_JOBS,
                job_template=CronJobV1SpecJobTemplate(
                    metadata=CronJobV1SpecJobTemplateMetadata(labels=labels),
                    spec=_job_spec(program, labels, config),
                ),
            ),
            depends_on=list(depends_on) or None,
        )


def _job_spec(
    program: Program, labels: Mapping[str, str], config: CronJobConfig
) -> CronJobV1SpecJobTemplateSpec:
    return CronJobV1SpecJobTemplateSpec(
        backoff_limit=config.retries,
        active_deadline_seconds=config.deadline_seconds,
        template=CronJobV1SpecJobTemplateSpecTemplate(
            metadata=CronJobV1SpecJobTemplateSpecTemplateMetadata(
                labels=dict(labels), annotations=_ANNOTATIONS
            ),
            spec=convert_struct(batch_pod(program), CronJobV1SpecJobTemplateSpecTemplateSpec),
        ),
    )
