"""The connection of an account to GitHub, with which AWS services read a repository."""

from cdktf_cdktf_provider_aws.codestarconnections_connection import CodestarconnectionsConnection
from constructs import Construct

from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.security.role import Role

_SERVICES = ("codeconnections", "codestar-connections")


class GithubConnection(Construct):
    """A connection through the GitHub App of AWS. It works after a person has authorized it in the console.

    Terraform can't authorize it: https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-update.html
    `name` identifies it for the constructs of other stacks in its region. Without `region`, it is in the
    stack's own.
    """

    def __init__(self, scope: Construct, id: str, *, region: str | None = None) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.name: str = stack.physical_name(logical_name(self))
        # Only this type has a data source, with which the other stacks find the connection.
        connection = CodestarconnectionsConnection(
            self,
            "Default",
            name=self.name,
            provider_type="GitHub",
            provider=stack.provider_in(region or stack.region),
        )
        self.arn: str = connection.arn

    def grant_pass(self, role: Role, *others: "GithubConnection") -> None:
        """Allow `role` to give the connection to a CodeBuild project, which uses it with its own role.

        `others` are connections in other regions, which it can give to projects there.

        ARNs of connections have one of two prefixes, and the action's prefix must match:
        https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
        """
        role.allow(
            *(f"{service}:{verb}Connection" for service in _SERVICES for verb in ("Pass", "Use")),
            on=[each.arn for each in (self, *others)],
            policy_name="pass-connection",
        )

    def grant_use(self, role: Role) -> None:
        """Allow `role` to get tokens, with which it reads and writes the repositories of the connection."""
        role.allow(
            *(
                f"{service}:{action}"
                for service in _SERVICES
                for action in ("GetConnection", "GetConnectionToken", "UseConnection")
            ),
            on=self.arn,
            policy_name="use-connection",
        )
