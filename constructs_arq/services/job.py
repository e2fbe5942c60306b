"""Programs that run once in each deployment that changes them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_kubernetes.job_v1 import (
    JobV1,
    JobV1Metadata,
    JobV1Spec,
    JobV1SpecTemplate,
    JobV1SpecTemplateMetadata,
    JobV1SpecTemplateSpec,
    JobV1Timeouts,
)
from constructs import Construct

from constructs_arq.core.pod_group import PodGroup
from constructs_arq.core.protocols import Grantee, KubernetesCluster
from constructs_arq.kubernetes.content_hash import content_hash
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.external_secrets import ExternalSecrets
from constructs_arq.services.batch_settings import JobConfig
from constructs_arq.services.config_map import HashedConfigMap
from constructs_arq.services.connections import ServiceConnections
from constructs_arq.services.image import Images
from constructs_arq.services.names import LONGEST_JOB, require_short_name
from constructs_arq.services.pod_identity import PodIdentity
from constructs_arq.services.pod_structs import convert_struct
from constructs_arq.services.pod_template import batch_pod
from constructs_arq.services.program import make_program

_NO_VALUES: Mapping[str, str] = MappingProxyType({})
# For Kubernetes to report the failure after the deadline.
_REPORT_SECONDS = 60


class Job(Construct):
    """A program that runs to its end in the deployment, such as migrations of a database.

    A job can't be changed. So its name has a hash of the image, arguments and configuration. A deployment
    that changes one of them runs the program again, and waits. `resource` is for the `depends_on` of what
    needs the result. `files` are text files by name, in the folder /etc/service. The job stays in the cluster
    until the next one, with the logs of its pods: Terraform would create a deleted job again.
    https://kubernetes.io/docs/concepts/workloads/controllers/job/
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: KubernetesCluster,
        namespace: Namespace,
        images: Images,
        config: JobConfig,
        secrets_from: ExternalSecrets | None = None,
        environment: Mapping[str, str] = _NO_VALUES,
        files: Mapping[str, str] = _NO_VALUES,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        require_short_name(
            self,
            longest=LONGEST_JOB,
            why="Kubernetes accepts 63 for a job, and a hash follows the id",
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
            files=HashedConfigMap(
                self, "files", name=f"{id}-files", namespace=namespace.name, values=files
            ).name
            if files
            else None,
        )
        inputs = {
            "image": program.image,
            "arguments": " ".join(program.arguments),
            "variables": program.variables,
            "files": program.files or "",
        }
        labels = dict(pods.labels)
        self.resource: JobV1 = JobV1(
            self,
            "Default",
            metadata=JobV1Metadata(
                name=f"{id}-{content_hash(self, 'inputs', inputs)}", namespace=namespace.name, labels=labels
            ),
            spec=JobV1Spec(
                backoff_limit=config.retries,
                active_deadline_seconds=config.deadline_seconds,
                template=JobV1SpecTemplate(
                    metadata=JobV1SpecTemplateMetadata(labels=labels),
                    spec=convert_struct(batch_pod(program), JobV1SpecTemplateSpec),
                ),
            ),
            wait_for_completion=True,
            timeouts=JobV1Timeouts(
                create=f"{config.deadline_seconds + _REPORT_SECONDS}s",
                update=f"{config.deadline_seconds + _REPORT_SECONDS}s",
            ),
            depends_on=list(depends_on) or None,
        )
        pods.connections.require_before(self.resource)
