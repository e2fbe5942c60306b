"""The connections of EventBridge to PagerDuty in an environment's stacks."""

from collections.abc import Iterable
from dataclasses import dataclass

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi
from arqctl.core.default_provider import block_region
from arqctl.core.json_access import Json, as_text
from arqctl.core.named_resource import find_resource, require_account

KEY_SET = "PagerDuty: key set by arqctl paging set-key"
_TYPE = "aws_cloudwatch_event_connection"


@dataclass(frozen=True)
class Connection:
    """A connection by name, with the region and the accounts of its stack."""

    name: str
    region: str
    accounts: frozenset[str]

    @classmethod
    def find(cls, environment: str, stacks: Iterable[Stack]) -> "Connection":
        """Return the first connection of an environment, that of its own region.

        Raises:
            InputError: if the environment has none.
        """
        fix = "Set pager=PagerConfig(…) in its values, and deploy it"
        return cls(
            *find_resource(environment, stacks, _TYPE, missing="has no connection to PagerDuty", fix=fix)
        )

    @classmethod
    def find_all(cls, environment: str, stacks: Iterable[Stack]) -> tuple["Connection", ...]:
        """Return the connections of all regions, also those of a standby.

        Raises:
            InputError: if the environment has none.
        """
        given = tuple(stacks)
        accounts = cls.find(environment, given).accounts
        return tuple(
            cls(as_text(block.body.get("name")), block_region(stack, block), accounts)
            for stack in given
            for block in stack.resources
            if block.type == _TYPE
        )

    def set_key(self, api: AwsApi, key: str) -> None:
        """Replace the key. PagerDuty reads it from the body; the header authorizes the connection.

        Raises:
            AwsError: when AWS rejects the call or can't be reached.
        """
        body: Json = {"Key": "routing_key", "Value": key, "IsValueSecret": True}
        api.call(
            "events",
            "update_connection",
            self.region,
            Name=self.name,
            Description=KEY_SET,
            AuthorizationType="API_KEY",
            AuthParameters={
                "ApiKeyAuthParameters": {"ApiKeyName": "X-Routing-Key", "ApiKeyValue": key},
                "InvocationHttpParameters": {"BodyParameters": [body]},
            },
        )

    def require_account(self, api: AwsApi, environment: str) -> str:
        """Return the account of the credentials, which must be the environment's.

        Raises:
            AwsError: when AWS rejects the call or can't be reached.
            InputError: for another account.
        """
        return require_account(api, environment, region=self.region, accounts=self.accounts)
