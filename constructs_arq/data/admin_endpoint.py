"""The endpoint of a database instance for administration."""

from dataclasses import dataclass, field

from constructs import Construct

from constructs_arq.core.protocols import Grantee
from constructs_arq.data.iam_login import grant_iam_login
from constructs_arq.data.login import Login
from constructs_arq.security.connections import Connections


@dataclass(frozen=True, kw_only=True)
class AdminEndpoint:
    """The endpoint of the instance itself, without a proxy, for migrations and user management."""

    scope: Construct
    name: str
    endpoint: str
    resource_id: str
    connections: Connections
    logins: list[Login] = field(default_factory=list)

    def grant_connect(self, grantee: Grantee, *, user: str, pool_size: int | None = None) -> None:
        """Allow `grantee` to log in to the instance as `user` with IAM. A connection is also needed.

        `pool_size` is as in `Postgres.grant_connect`.
        """
        self.logins.append(Login(grantee=grantee, user=user, pool_size=pool_size))
        grant_iam_login(self.scope, grantee, name=self.name, resource_id=self.resource_id, user=user)
