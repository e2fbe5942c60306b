"""AWS access for pipelines of a GitLab project, through OpenID Connect instead of access keys."""

from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.protocols import StateStore
from constructs_arq.core.values import Domain
from constructs_arq.security.delivery_roles import DeliveryRoles
from constructs_arq.security.role import Trust

_AUDIENCE = "sts.amazonaws.com"


class GitlabConfig(Config):
    """The trusted project.

    https://docs.gitlab.com/ci/secrets/id_token_authentication/
    """

    project: str = Field(
        pattern=r"^[\w.-]+(/[\w.-]+)+$",
        description='Path with all groups, such as "arq/infrastructure/platform".',
    )
    host: Domain = Field(
        default="gitlab.com", description="GitLab's host name. AWS must be able to reach it."
    )
    branch: str = Field(
        default="main",
        pattern=r"^[\w.-]+(/[\w.-]+)*$",
        description="The protected branch that is deployed and checked for drift.",
    )


class GitlabOidc(Construct):
    """GitLab's OIDC provider in this account, and five roles for pipelines of one project.

    `plan` is for every branch of the project, and can only read. The others are for all jobs on the
    protected branch: the subject of GitLab's tokens, which AWS checks, has no environment. So protected
    environments must enforce the approval, and each of these jobs can use all four roles.
    Pipelines of forks run in the fork's project, which no role trusts. The roles
    have fixed names, and `permissions_boundary`, the ARN of a policy, limits them.
    https://docs.gitlab.com/ci/cloud_services/aws/
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        state: StateStore,
        permissions_boundary: str,
        config: GitlabConfig,
    ) -> None:
        super().__init__(scope, id)
        self._host = config.host
        self._provider = IamOpenidConnectProvider(
            self, "Default", url=f"https://{config.host}", client_id_list=[_AUDIENCE]
        )
        branches = f"project_path:{config.project}:ref_type:branch:ref"
        protected = self._trust("StringEquals", f"{branches}:{config.branch}")
        self.roles = DeliveryRoles(
            self,
            state=state,
            permissions_boundary=permissions_boundary,
            plan_trust=self._trust("StringLike", f"{branches}:*"),
            deploy_trust=protected,
            publish_trust=protected,
            cluster_trust=protected,
            audit_trust=protected,
        )

    def _trust(self, comparison: str, subject: str) -> Trust:
        return Trust(
            principals={"Federated": self._provider.arn},
            actions=("sts:AssumeRoleWithWebIdentity",),
            conditions={comparison: {f"{self._host}:aud": _AUDIENCE, f"{self._host}:sub": subject}},
        )
