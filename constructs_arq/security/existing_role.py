"""An IAM role that already exists."""

from collections.abc import Sequence
from typing import Annotated, Final

from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.policy import Conditions
from constructs_arq.core.values import resource_identifier
from constructs_arq.security.inline_policies import InlinePolicies


class RoleAttributes(Config):
    """Attributes of an existing IAM role in the account of the stack."""

    name: Annotated[
        str,
        resource_identifier(r"[\w+=,.@-]{1,64}", kind="the name of an IAM role", example="ci-publisher"),
    ] = Field(description="Name of the role, without its path.")


class ExistingRole(Construct):
    """An existing role for grants. Terraform manages only the inline policies that grants add."""

    def __init__(self, scope: Construct, id: str, *, attributes: RoleAttributes) -> None:
        super().__init__(scope, id)
        self.name: Final = attributes.name
        self._policies: Final = InlinePolicies(self, role_name=self.name)

    def allow(
        self, *actions: str, on: str | Sequence[str], policy_name: str, conditions: Conditions | None = None
    ) -> None:
        """Allow `actions` on the resources with ARNs `on`, in the inline policy `policy_name`.

        Raises:
            ConstructError: if a different grant has the same policy name.
        """
        self._policies.allow(actions, on=on, policy_name=policy_name, conditions=conditions)
