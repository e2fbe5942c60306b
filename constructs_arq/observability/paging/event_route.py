"""Rules of EventBridge in one region, with a queue for events that their target did not accept."""

from collections.abc import Sequence
from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetDeadLetterConfig,
    CloudwatchEventTargetInputTransformer,
    CloudwatchEventTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.stack import Stack
from constructs_arq.observability.paging.alarm_events import PATTERN_LENGTH
from constructs_arq.security.role import Role

# A page that comes an hour late helps nobody: the alarm on the queue reports it.
_RETRY_SECONDS: Final = 3600
_RETRIES: Final = 60
_RETENTION_SECONDS: Final = 14 * 86_400


class EventRoute(Construct):
    """Rules with one target in one region, a dead-letter queue, and alarms on failed calls.

    EventBridge repeats a failed call for an hour. Then it moves the event to the queue. The alarms are
    warnings by e-mail: a page would take the way that fails.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """

    def __init__(self, scope: Construct, id: str, *, name: str, region: str, target: str, role: Role) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self._name = name
        self._region = region
        self._target = target
        self._role = role
        self._provider = stack.provider_in(region)
        self._rules: dict[str, CloudwatchEventRule] = {}
        self._queue = SqsQueue(
            self,
            "dead-letters",
            name=f"{name}-dead",
            message_retention_seconds=_RETENTION_SECONDS,
            # SSE-SQS: a wrong policy of a KMS key would drop the events silently.
            sqs_managed_sse_enabled=True,
            provider=self._provider,
        )
        self.alarms: tuple[Alarm, ...] = (self._dead_letters_alarm(),)

    def add_rule(self, id: str, *, transformer: CloudwatchEventTargetInputTransformer | None = None) -> str:
        """Create a rule that selects nothing until `select` is called, and return its name."""
        stack = Stack.of(self)
        rule = CloudwatchEventRule(
            self,
            id,
            name=f"{self._name}-{id}",
            description=f"Alarms of {stack.environment}: {id}",
            provider=self._provider,
        )
        CloudwatchEventTarget(
            self,
            f"{id}-target",
            rule=rule.name,
            arn=self._target,
            role_arn=self._role.arn,
            input_transformer=transformer,
            retry_policy=CloudwatchEventTargetRetryPolicy(
                maximum_event_age_in_seconds=_RETRY_SECONDS, maximum_retry_attempts=_RETRIES
            ),
            dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=self._queue.arn),
            provider=self._provider,
        )
        self._rules[id] = rule
        self.alarms = (*self.alarms, self._failed_calls_alarm(id, rule))
        return f"{self._name}-{id}"

    def select(self, id: str, pattern: str) -> None:
        """Set the pattern of a rule.

        Raises:
            ConstructError: if EventBridge does not accept a pattern of this length.
        """
        if len(pattern) > PATTERN_LENGTH:
            raise ConstructError(
                self.node.path,
                f"the pattern of rule {id} has {len(pattern)} characters, but EventBridge accepts "
                f"{PATTERN_LENGTH}",
                fix="Use fewer critical alarms in this region, or shorter names.",
            )
        self._rules[id].event_pattern = pattern

    def close(self) -> None:
        """Allow the rules to write to the queue, and nobody to use it without TLS."""
        SqsQueuePolicy(
            self,
            "dead-letters-policy",
            queue_url=self._queue.url,
            policy=policy_document(*self._statements([rule.arn for rule in self._rules.values()])),
            provider=self._provider,
        )

    def _statements(self, rules: Sequence[str]) -> tuple[Statement, ...]:
        return (
            Statement(
                sid="ReceiveEvents",
                actions=["sqs:SendMessage"],
                resources=[self._queue.arn],
                principals={"Service": "events.amazonaws.com"},
                conditions={"ArnEquals": {"aws:SourceArn": rules}},
            ),
            Statement(
                sid="OnlyTls",
                effect="Deny",
                actions=["sqs:*"],
                resources=[self._queue.arn],
                principals={"AWS": "*"},
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            ),
        )

    def _dead_letters_alarm(self) -> Alarm:
        return Alarm(
            name="dead-letters",
            runbook="pager-dead-letters",
            summary="PagerDuty did not get an event of an alarm: somebody was not paged",
            severity=Severity.WARNING,
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": self._queue.name},
            threshold=0,
            statistic="Maximum",
            evaluations=1,
            region=self._region,
        )

    def _failed_calls_alarm(self, id: str, rule: CloudwatchEventRule) -> Alarm:
        return Alarm(
            name=f"{id}-failed",
            runbook="pager-failed-calls",
            summary="EventBridge can't send events of alarms to their target",
            severity=Severity.WARNING,
            namespace="AWS/Events",
            metric="FailedInvocations",
            dimensions={"RuleName": rule.name},
            threshold=0,
            statistic="Sum",
            evaluations=1,
            region=self._region,
        )
