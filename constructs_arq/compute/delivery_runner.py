"""A runner in the VPC for workflow jobs of a GitHub repository."""

import re
from collections.abc import Sequence

from cdktf import Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.codebuild_project import (
    CodebuildProject,
    CodebuildProjectArtifacts,
    CodebuildProjectEnvironment,
    CodebuildProjectLogsConfig,
    CodebuildProjectLogsConfigCloudwatchLogs,
    CodebuildProjectSource,
    CodebuildProjectSourceAuth,
    CodebuildProjectVpcConfig,
)
from cdktf_cdktf_provider_aws.codebuild_webhook import (
    CodebuildWebhook,
    CodebuildWebhookFilterGroup,
    CodebuildWebhookFilterGroupFilter,
)
from cdktf_cdktf_provider_aws.data_aws_codestarconnections_connection import (
    DataAwsCodestarconnectionsConnection,
)
from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole
from constructs import Construct

from constructs_arq.core.dependencies import terraform_resources
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.network.reachable_services import require_internet
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.security.connections import Connections, SecurityGroup
from constructs_arq.security.key import Key
from constructs_arq.storage.log_group import LogGroup

_IMAGE = "aws/codebuild/amazonlinux-aarch64-standard:3.0"
# A deployment is watched, and the commit before can be deployed again.
_TIMEOUT_MINUTES = 120
_NOT_AUTHORIZED = (
    "The connection {name} is not authorized. Authorize it once in the AWS console: Developer Tools, "
    "Settings, Connections, Update pending connection."
)


class DeliveryRunner(Construct):
    """A GitHub Actions runner in private subnets, on CodeBuild, for the private API of a cluster.

    CodeBuild starts a container for each job with the label `codebuild-NAME-RUN_ID-RUN_ATTEMPT`, where NAME
    is `name`. Only jobs of workflows with the names `workflows` get a runner. The container's own role is the
    `RunnerRole` with the same name, which another stack makes; the plan fails if it is missing. It has no
    permission on the account's data: a job assumes a delivery role through GitHub's OIDC provider.
    `connection_name` is that of a `GithubConnection`.
    https://docs.aws.amazon.com/codebuild/latest/userguide/action-runner-overview.html

    Raises:
        ConstructError: if the subnets don't reach the internet.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        subnets: PrivateSubnets,
        repository: str,
        workflows: Sequence[str],
        connection_name: str,
    ) -> None:
        super().__init__(scope, id)
        require_internet(self, subnets, who="runners", why="GitHub")
        stack = Stack.of(self)
        self.name: str = stack.physical_name(logical_name(self))
        self.connections: Connections = self._make_connections(subnets)
        key = Key(self, "key", description=f"Encrypts the logs of {self.name}")
        logs = LogGroup(self, "logs", name=f"/aws/codebuild/{self.name}", key=key, retention_days=365)
        connection_arn = self._find_connection(connection_name)
        project = CodebuildProject(
            self,
            "Default",
            name=self.name,
            description=f"Runs jobs of the workflows {', '.join(workflows)} in the VPC",
            service_role=DataAwsIamRole(self, "role", name=self.name).arn,
            encryption_key=key.arn,
            build_timeout=_TIMEOUT_MINUTES,
            artifacts=CodebuildProjectArtifacts(type="NO_ARTIFACTS"),
            environment=CodebuildProjectEnvironment(
                type="ARM_CONTAINER",
                image=_IMAGE,
                compute_type="BUILD_GENERAL1_SMALL",
                privileged_mode=False,
            ),
            source=CodebuildProjectSource(
                type="GITHUB",
                location=f"https://github.com/{_repository_path(repository)}.git",
                git_clone_depth=1,
                auth=CodebuildProjectSourceAuth(type="CODECONNECTIONS", resource=connection_arn),
            ),
            vpc_config=CodebuildProjectVpcConfig(
                vpc_id=subnets.network.vpc_id,
                subnets=subnets.subnet_ids,
                security_group_ids=[self.connections.security_group_id],
            ),
            logs_config=CodebuildProjectLogsConfig(
                cloudwatch_logs=CodebuildProjectLogsConfigCloudwatchLogs(
                    status="ENABLED", group_name=logs.name
                )
            ),
            depends_on=terraform_resources(*subnets.dependencies, stack=stack),
        )
        self._receive_jobs(project, workflows)

    def _make_connections(self, subnets: PrivateSubnets) -> Connections:
        group = SecurityGroup(
            self, "security-group", network=subnets.network, description=f"Delivery runner {self.name}"
        )
        group.connections.allow_to_range(
            "0.0.0.0/0", port=Port.tcp(443), why="GitHub, registries and AWS APIs"
        )
        return group.connections

    def _find_connection(self, name: str) -> str:
        connection = DataAwsCodestarconnectionsConnection(
            self,
            "connection",
            name=name,
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition='${self.connection_status == "AVAILABLE"}',
                        error_message=_NOT_AUTHORIZED.format(name=name),
                    )
                ]
            ),
        )
        return connection.arn

    def _receive_jobs(self, project: CodebuildProject, workflows: Sequence[str]) -> None:
        filters: Sequence[tuple[str, str]] = (
            ("EVENT", "WORKFLOW_JOB_QUEUED"),
            ("WORKFLOW_NAME", f"^({'|'.join(map(re.escape, workflows))})$"),
        )
        CodebuildWebhook(
            self,
            "webhook",
            project_name=project.name,
            build_type="BUILD",
            filter_group=[
                CodebuildWebhookFilterGroup(
                    filter=[
                        CodebuildWebhookFilterGroupFilter(type=kind, pattern=pattern)
                        for kind, pattern in filters
                    ]
                )
            ],
        )


def _repository_path(repository: str) -> str:
    """Return owner and name without the immutable ids of GitHub's tokens."""
    return re.sub(r"@\d+", "", repository)
