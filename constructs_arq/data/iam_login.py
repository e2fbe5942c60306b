"""IAM permission to log in to an RDS database."""

import re

from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack

# A PostgreSQL name that needs no quotes, without IAM wildcards.
_USER_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def grant_iam_login(
    construct: Construct, grantee: Grantee, *, name: str, resource_id: str, user: str
) -> None:
    """Allow `grantee` to log in as `user` with an IAM token.

    Raises:
        ConstructError: if `user` is not a plain PostgreSQL name.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
    """
    if not _USER_NAME.fullmatch(user):
        raise ConstructError(
            construct.node.path,
            f"a database user must be a plain PostgreSQL name, got {user!r}",
            fix="Use up to 63 lower-case letters, digits and underscores.",
        )
    grantee.allow(
        "rds-db:connect",
        on=Stack.of(construct).arn("rds-db", f"dbuser:{resource_id}/{user}"),
        policy_name=f"connect-{name}-as-{user}",
    )
