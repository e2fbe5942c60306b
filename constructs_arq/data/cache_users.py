"""Users of a cache and their permissions."""

import re

from cdktf_cdktf_provider_aws.elasticache_user import ElasticacheUser, ElasticacheUserAuthenticationMode
from cdktf_cdktf_provider_aws.elasticache_user_group import ElasticacheUserGroup
from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.validations import add_validation

_USER_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_KEY_PATTERN = re.compile(r"[\w:*?.{}\-]+", re.ASCII)
_ID_LENGTH = 40

# Data commands and the commands of client libraries on connect; no administrative commands.
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html#Access-string
_COMMANDS = (
    "-@all +@read +@write +@connection +@transaction +@scripting +@pubsub -@dangerous "
    "+info +cluster|slots +cluster|shards +cluster|nodes"
)


class CacheUsers(Construct):
    """The user group of a cache. Users log in with IAM under their ids, without passwords.

    Redis requires a user `default`: it is disabled and has no permissions. Valkey has none.
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
    """

    def __init__(self, scope: Construct, id: str, *, cache: str, engine: str) -> None:
        super().__init__(scope, id)
        self._cache = cache
        self._engine = engine
        self._users: dict[str, tuple[str, str]] = {}
        self._default = [self._disabled_default()] if engine == "redis" else []
        self._group = ElasticacheUserGroup(
            self, "Default", engine=engine, user_group_id=cache, user_ids=self._default
        )
        self.group_id: str = self._group.user_group_id
        add_validation(self, self._find_missing_users)

    def add(self, user: str, *, keys: str) -> str:
        """Add a user with access to the key pattern `keys`, and return its id. Repeated calls have no effect.

        Raises:
            ConstructError: if the name or the pattern is invalid, or an earlier call set other keys.
        """
        user_id = f"{self._cache}-{user}"
        self._require_names(user, user_id, keys)
        if user in self._users:
            self._require_same_keys(user, keys)
            return user_id
        created = ElasticacheUser(
            self,
            f"user-{user}",
            engine=self._engine,
            user_id=user_id,
            # IAM authentication requires equal id and name.
            user_name=user_id,
            access_string=f"on ~{keys} &* {_COMMANDS}",
            authentication_mode=ElasticacheUserAuthenticationMode(type="iam"),
        )
        self._users[user] = (keys, created.user_id)
        self._group.user_ids = [*self._default, *(reference for _, reference in self._users.values())]
        return user_id

    def _disabled_default(self) -> str:
        user = ElasticacheUser(
            self,
            "default-user",
            engine=self._engine,
            user_id=f"{self._cache}-default",
            user_name="default",
            access_string="off ~* -@all",
            authentication_mode=ElasticacheUserAuthenticationMode(type="no-password-required"),
        )
        reference: str = user.user_id
        return reference

    def _require_names(self, user: str, user_id: str, keys: str) -> None:
        if not _USER_NAME.fullmatch(user) or user == "default" or len(user_id) > _ID_LENGTH:
            raise ConstructError(
                self.node.path,
                "a cache user must be lower-case words joined by hyphens, and not 'default', got "
                f"{user!r}; its id {user_id!r} must have at most {_ID_LENGTH} characters",
                fix='Use a short name like "orders".',
            )
        if not _KEY_PATTERN.fullmatch(keys):
            raise ConstructError(
                self.node.path,
                f"keys must be one key pattern, got {keys!r}",
                fix='Write it like "orders:*".',
            )

    def _require_same_keys(self, user: str, keys: str) -> None:
        before, _ = self._users[user]
        if keys != before:
            raise ConstructError(
                self.node.path,
                f"user {user} already has access to keys {before!r}, got {keys!r}",
                fix="Use the same keys, or another user.",
            )

    def _find_missing_users(self) -> list[str]:
        return [] if self._users else ["the cache has no users. Call grant_connect(grantee, user=…)."]
