"""CloudWatch log groups."""

from typing import Final, Literal

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.data_aws_cloudwatch_log_groups import DataAwsCloudwatchLogGroups
from constructs import Construct

from constructs_arq.core.adoption import adopt
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.protocols import EncryptionKey
from constructs_arq.core.stack import Stack

# The numbers of days that CloudWatch allows.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
_SUBSCRIPTIONS: Final = 2


class LogGroup(Construct):
    """A log group, encrypted with `key`, whose events expire after `retention_days`.

    `name` is the full name, because several services require a certain one. Such a service would create the
    group itself, without encryption and expiry, so resources that log to it must depend on `resource`. With
    `region`, the group is in another region than the stack, and `key` must be there too.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        key: EncryptionKey,
        retention_days: RetentionDays,
        region: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        region = region or stack.region
        groups = stack.arn("logs", "log-group:*", region=region)
        key.allow_service(
            f"logs.{region}.amazonaws.com",
            sid="logs-encrypt",
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        )
        self.resource = CloudwatchLogGroup(
            self,
            "Default",
            name=name,
            kms_key_id=key.arn,
            retention_in_days=retention_days,
            provider=stack.provider_in(region),
        )
        self.name: str = name
        self._subscriptions: list[str] = []

    def add_subscription(self, name: str) -> None:
        """Count a subscription of the group. CloudWatch knows its name.

        Raises:
            ConstructError: if the group would have more subscriptions than CloudWatch allows, or one twice.
        """
        self._subscriptions.append(name)
        if len(self._subscriptions) > _SUBSCRIPTIONS or len(set(self._subscriptions)) < len(
            self._subscriptions
        ):
            raise ConstructError(
                self.node.path,
                f"a log group has at most {_SUBSCRIPTIONS} subscriptions with different names, got "
                f"{', '.join(self._subscriptions)}",
                fix="Remove one.",
            )

    def adopt(self) -> None:
        """Import the group if it exists: a service may create it again after its deletion."""
        found = DataAwsCloudwatchLogGroups(
            self, "existing", log_group_name_prefix=self.name, provider=self.resource.provider
        )
        names = f"{found.fqn}.log_group_names"
        # The prefix also finds groups with longer names.
        exact = f'toset([for name in {names} : name if name == "{self.name}"])'
        adopt(self.resource, existing_ids=f"${{{exact}}}")

    @property
    def arn(self) -> str:
        """The group's ARN."""
        return self.resource.arn
