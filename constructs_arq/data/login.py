"""Logins to databases as values, which checks of capacity add up."""

from dataclasses import dataclass

from constructs_arq.core.protocols import Grantee


@dataclass(frozen=True, kw_only=True)
class Login:
    """A grantee that may log in as `user`.

    `pool_size` is the most connections that each of its pods opens, or all its clients if they are not pods.
    It is None if nobody stated it.
    """

    grantee: Grantee
    user: str
    pool_size: int | None
