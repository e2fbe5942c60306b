"""How pipelines of a GitLab project get into an account: by who they are, without a key to keep."""

from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.contracts import StateStore
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.core.values import Domain
from constructs_arq.security.delivery import permit_deploy, permit_plan
from constructs_arq.security.role import Role, Trust

_AUDIENCE = "sts.amazonaws.com"
# A session ends with the role's hours; Terraform takes a new one while the job's token lasts.
_PLAN_HOURS, _DEPLOY_HOURS = 1, 2


class GitlabConfig(Config):
    """Which project is trusted.

    https://docs.gitlab.com/ci/secrets/id_token_authentication/
    """

    project: str = Field(
        pattern=r"^[\w.-]+(/[\w.-]+)+$",
        description='Its path, with all its groups: "arq/infrastructure/platform".',
    )
    host: Domain = Field(default="gitlab.com", description="Where GitLab is, as AWS reaches it.")
    branch: str = Field(
        default="main",
        pattern=r"^[\w.-]+(/[\w.-]+)*$",
        description="The protected branch that is deployed, and watched for drift.",
    )


class GitlabOidc(Construct):
    """GitLab's OIDC provider in this account, and the two roles that pipelines of one project take.

    `plan` is for every branch of the project: it reads. `deploy` is for jobs on the protected branch.
    Subjects of GitLab name no environment: only its protected environments know that somebody approved.
    Pipelines of forks run in the fork's project, which neither role trusts.
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
            purpose=f"Plans {stack.environment} for merge requests and looks for drift",
            trust=self._trust("StringLike", f"{branches}:*"),
            session_hours=_PLAN_HOURS,
        )
        self.deploy = Role(
            self,
            "deploy",
            purpose=f"Deploys {stack.environment} from {config.branch}",
            trust=self._trust("StringEquals", f"{branches}:{config.branch}"),
            session_hours=_DEPLOY_HOURS,
        )
        permit_plan(self.plan, state=state)
        permit_deploy(self.deploy, state=state, guarded=f"{stack.physical_name(logical_name(self))}-")

    def _trust(self, comparison: str, subject: str) -> Trust:
        return Trust(
            principals={"Federated": self._provider.arn},
            actions=("sts:AssumeRoleWithWebIdentity",),
            conditions={comparison: {f"{self._host}:aud": _AUDIENCE, f"{self._host}:sub": subject}},
        )
