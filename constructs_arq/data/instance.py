"""A database instance as whoever administers it sees it."""

from dataclasses import dataclass

from constructs import Construct

from constructs_arq.core.contracts import Grantee
from constructs_arq.data.database_user import grant_login
from constructs_arq.security.connections import Connections


@dataclass(frozen=True, kw_only=True)
class Instance:
    """The instance itself, past any proxy: to make users and change schemas."""

    database: Construct
    name: str
    endpoint: str
    resource_id: str
    connections: Connections

    def grant_connect(self, grantee: Grantee, *, user: str) -> None:
        """Let `grantee` log in to the instance as `user`, with IAM; it needs a connection too."""
        grant_login(self.database, grantee, name=self.name, resource_id=self.resource_id, user=user)
