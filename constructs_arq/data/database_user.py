"""Who may log in to a database, as whom."""

import re

from constructs import Construct

from constructs_arq.core.contracts import Grantee
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack

# A name that PostgreSQL takes without quotes; in IAM it can't be taken for a pattern.
_USER = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def grant_login(construct: Construct, grantee: Grantee, *, name: str, resource_id: str, user: str) -> None:
    """Let `grantee` get tokens by which to log in as `user`.

    Raises:
        ConstructError: when `user` is no plain name in PostgreSQL.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
    """
    if not _USER.fullmatch(user):
        raise ConstructError(
            construct.node.path,
            f"a database user must be a plain name in PostgreSQL, got {user!r}",
            fix="Use up to 63 lower-case letters, digits and underscores.",
        )
    grantee.allow(
        "rds-db:connect",
        on=Stack.of(construct).arn("rds-db", f"dbuser:{resource_id}/{user}"),
        purpose=f"connect-{name}-as-{user}",
    )
