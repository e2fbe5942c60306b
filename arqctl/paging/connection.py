"""The connection of EventBridge to PagerDuty in an environment's stack."""

from collections.abc import Iterable
from dataclasses import dataclass

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi
from arqctl.core.default_provider import aws_providers
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Json, as_list, as_text

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
        """Return the connection of an environment.

        Raises:
            InputError: if the environment has none.
        """
        for stack in stacks:
            for block in stack.blocks.values():
                if block.kind == "resource" and block.type == _TYPE:
                    providers = aws_providers(stack)
                    own = next((each for each in providers if not each.get("alias")), {})
                    accounts = frozenset(map(as_text, as_list(own.get("allowed_account_ids"))))
                    return cls(as_text(block.body.get("name")), as_text(own.get("region")), accounts)
        fix = "Set pager=PagerConfig(…) in its values, and deploy it"
        raise InputError([Problem(environment, "has no connection to PagerDuty", fix)])

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
        account = as_text(api.call("sts", "get_caller_identity", self.region).get("Account"))
        if account not in self.accounts:
            what = f"is in account {', '.join(sorted(self.accounts))}, but the credentials are of {account}"
            raise InputError([Problem(environment, what, "Log in to the environment's account")])
        return account
