"""AWS access for pipelines of a GitLab project, through OpenID Connect instead of access keys."""

from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.protocols import StateStore
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.core.values import Domain
from constructs_arq.security.deployment_permissions import allow_deploy, allow_plan
from constructs_arq.security.role import Role, Trust

_AUDIENCE = "sts.amazonaws.com"
# A session ends after these hours. Terraform starts a new one while the job's token is valid.
_PLAN_HOURS, _DEPLOY_HOURS = 1, 2


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
    """GitLab's OIDC provider in this account, and two roles for pipelines of one project.

    `plan` is for every branch of the project, and can only read. `deploy` is for jobs on the protected
    branch. GitLab's tokens don't contain the environment, so protected environments must enforce the
    approval. Pipelines of forks run in the fork's project, which neither role trusts.
    https://docs.gitlab.com/ci/cloud_services/aws/
    """

    def __init__(self, scope: Construct, id: str, *, state: StateStore, config: GitlabConfig) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self._host = config.host
        self._provider = IamOpenidConnectProvider(
            self, "Default", url=f"https://{config.host}", client_id_list=[_AUDIENCE]
        )
        branches = f"project_path:{config.project}:ref_type:branch:ref"
        self.plan = Role(
            self,
            "plan",
            description=f"Plans {stack.environment} for merge requests and looks for drift",
            trust=self._trust("StringLike", f"{branches}:*"),
            session_hours=_PLAN_HOURS,
        )
        self.deploy = Role(
            self,
            "deploy",
            description=f"Deploys {stack.environment} from {config.branch}",
            trust=self._trust("StringEquals", f"{branches}:{config.branch}"),
            session_hours=_DEPLOY_HOURS,
        )
        allow_plan(self.plan, state=state)
        prefix = f"{stack.physical_name(logical_name(self))}-"
        allow_deploy(self.deploy, state=state, protected_role_prefix=prefix)

    def _trust(self, comparison: str, subject: str) -> Trust:
        return Trust(
            principals={"Federated": self._provider.arn},
            actions=("sts:AssumeRoleWithWebIdentity",),
            conditions={comparison: {f"{self._host}:aud": _AUDIENCE, f"{self._host}:sub": subject}},
        )
