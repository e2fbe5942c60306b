"""How workflows of a GitHub repository get into an account: by who they are, without a key to keep."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.contracts import StateStore
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.security.delivery import permit_deploy, permit_plan
from constructs_arq.security.role import Role, Trust

_ISSUER = "token.actions.githubusercontent.com"
_AUDIENCE = "sts.amazonaws.com"
# A database or a cluster takes up to 40 minutes to make, and some wait for another.
_PLAN_HOURS, _DEPLOY_HOURS = 1, 2


class GithubConfig(Config):
    """Which repository is trusted.

    https://docs.github.com/en/actions/reference/security/oidc
    """

    repository: str = Field(
        pattern=r"^[\w-]+/[\w.-]+$|^[\w-]+@\d+/[\w.-]+@\d+$",
        description='Its owner and name as its tokens have them: "arq/platform", or with the ids that never '
        'change, "arq@123/platform@456", which is what GitHub writes for repositories since July 2026.',
    )
    branch: str = Field(
        default="main",
        pattern=r"^[\w.-]+(/[\w.-]+)*$",
        description="The branch that is deployed, and watched for drift.",
    )


class GithubOidc(Construct):
    """GitHub's OIDC provider in this account, and the two roles that workflows of one repository take.

    `plan` is for pull requests and for the branch: it reads. `deploy` is for jobs that run in the GitHub
    environment named like this one, whose approvals and branches GitHub holds. Every subject is written out;
    none has a wildcard. GitHub gives pull requests from forks no token.
    https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
    """

    def __init__(self, scope: Construct, id: str, *, state: StateStore, config: GithubConfig) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self._provider = IamOpenidConnectProvider(
            self, "Default", url=f"https://{_ISSUER}", client_id_list=[_AUDIENCE]
        )
        subject = f"repo:{config.repository}"
        self.plan = Role(
            self,
            "plan",
            purpose=f"Plans {stack.environment} for pull requests and looks for drift",
            trust=self._trust(f"{subject}:pull_request", f"{subject}:ref:refs/heads/{config.branch}"),
            session_hours=_PLAN_HOURS,
        )
        self.deploy = Role(
            self,
            "deploy",
            purpose=f"Deploys {stack.environment} from its GitHub environment",
            trust=self._trust(f"{subject}:environment:{stack.environment}"),
            session_hours=_DEPLOY_HOURS,
        )
        permit_plan(self.plan, state=state)
        permit_deploy(self.deploy, state=state, guarded=f"{stack.physical_name(logical_name(self))}-")

    def _trust(self, *subjects: str) -> Trust:
        expected: dict[str, str | Sequence[str]] = {f"{_ISSUER}:aud": _AUDIENCE, f"{_ISSUER}:sub": subjects}
        return Trust(
            principals={"Federated": self._provider.arn},
            actions=("sts:AssumeRoleWithWebIdentity",),
            conditions={"StringEquals": expected},
        )
