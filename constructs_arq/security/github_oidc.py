"""AWS access for workflows of a GitHub repository, through OpenID Connect instead of access keys."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.protocols import StateStore
from constructs_arq.core.stack import Stack
from constructs_arq.security.delivery_roles import DeliveryRoles
from constructs_arq.security.role import Trust

_ISSUER = "token.actions.githubusercontent.com"
_AUDIENCE = "sts.amazonaws.com"


class GithubConfig(Config):
    """The trusted repository.

    https://docs.github.com/en/actions/reference/security/oidc
    """

    repository: str = Field(
        pattern=r"^[\w-]+/[\w.-]+$|^[\w-]+@\d+/[\w.-]+@\d+$",
        description='Owner and name as in the repository\'s tokens: "arq/platform", or, with immutable ids, '
        '"arq@123/platform@456", which GitHub writes for repositories created since July 2026.',
    )
    branch: str = Field(
        default="main",
        pattern=r"^[\w.-]+(/[\w.-]+)*$",
        description="The branch that is deployed and checked for drift.",
    )


class GithubOidc(Construct):
    """GitHub's OIDC provider in this account, and five roles for workflows of one repository.

    `plan` is for pull requests and for the branch, and can only read. `deploy` is for jobs in the GitHub
    environment `ENV`, `publish` in `ENV-publish`, and `cluster` in `ENV-cluster`. So a job that publishes
    can't deploy. `audit` reads the cluster, with its secrets, and is for the branch only. GitHub enforces
    the approvals and branches of each. No trusted subject has a wildcard. GitHub issues no token for pull
    requests from forks. The roles have fixed names, and `permissions_boundary`, the ARN of a policy, limits
    them.
    https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        state: StateStore,
        permissions_boundary: str,
        config: GithubConfig,
    ) -> None:
        super().__init__(scope, id)
        environment = Stack.of(self).environment
        self._provider = IamOpenidConnectProvider(
            self, "Default", url=f"https://{_ISSUER}", client_id_list=[_AUDIENCE]
        )
        subject = f"repo:{config.repository}"
        branch = f"{subject}:ref:refs/heads/{config.branch}"
        self.roles = DeliveryRoles(
            self,
            state=state,
            permissions_boundary=permissions_boundary,
            plan_trust=self._trust(f"{subject}:pull_request", branch),
            deploy_trust=self._trust(f"{subject}:environment:{environment}"),
            publish_trust=self._trust(f"{subject}:environment:{environment}-publish"),
            cluster_trust=self._trust(f"{subject}:environment:{environment}-cluster"),
            audit_trust=self._trust(branch),
        )

    def _trust(self, *subjects: str) -> Trust:
        expected: dict[str, str | Sequence[str]] = {f"{_ISSUER}:aud": _AUDIENCE, f"{_ISSUER}:sub": subjects}
        return Trust(
            principals={"Federated": self._provider.arn},
            actions=("sts:AssumeRoleWithWebIdentity",),
            conditions={"StringEquals": expected},
        )
