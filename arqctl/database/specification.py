"""The instance and its users, as the stack's output `database_users` describes them."""

import re
from typing import Annotated, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from arqctl.core.errors import InputError, Problem

OUTPUT_FIX: Final = "Write it with `terraform output -raw database_users`, and use UTF-8"
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# PostgreSQL and RDS create roles with these names themselves.
_RESERVED = re.compile(r"pg_.*|rds.*|public|none|postgres|current_user|session_user|user")


def _plain_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("must have up to 63 lower-case letters, digits and underscores")
    return name


def _user_name(name: str) -> str:
    if _RESERVED.fullmatch(_plain_name(name)):
        raise ValueError("is reserved by PostgreSQL or RDS")
    return name


Name = Annotated[str, AfterValidator(_plain_name)]
UserName = Annotated[str, AfterValidator(_user_name)]


class User(BaseModel):
    """A user with IAM login. With `has_schema`, it owns the schema of its name.

    With `reads_all`, it reads all tables of the server, also later ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: UserName
    has_schema: bool
    reads: tuple[UserName, ...] = ()
    writes: tuple[UserName, ...] = ()
    reads_all: bool = False


class Specification(BaseModel):
    """An instance, its database and master user, and all users."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str
    port: Annotated[int, Field(gt=0, lt=65536)]
    region: str
    database: Name
    master_user: Name
    users: tuple[User, ...]

    @model_validator(mode="after")
    def _require_consistent_users(self) -> Self:
        names = [user.name for user in self.users]
        owners = {user.name for user in self.users if user.has_schema}
        used = {schema for user in self.users for schema in (*user.reads, *user.writes)}
        if len(set(names)) != len(names):
            raise ValueError("users must have different names")
        if self.master_user in names:
            raise ValueError(f"{self.master_user} is the master user, and can't be one of the users")
        if missing := sorted(used - owners):
            raise ValueError(f"no user owns the schema {', '.join(missing)}")
        return self


def read_specification(text: str, *, source: str) -> Specification:
    """Return the specification in a JSON text from `source`.

    The text can be a JSON string that contains the JSON text, as `terraform output -json` prints it.

    Raises:
        InputError: with every invalid value.
    """
    try:
        if text.lstrip().startswith('"'):
            text = TypeAdapter(str).validate_json(text)
        return Specification.model_validate_json(text)
    except ValidationError as error:
        raise InputError(
            [
                Problem(
                    ".".join([source, *map(str, found["loc"])]),
                    f"{found['msg'].removeprefix('Value error, ')}, got {found['input']!r:.100}",
                    OUTPUT_FIX,
                )
                for found in error.errors()
            ]
        ) from error
