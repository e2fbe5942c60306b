"""Checks that each subscriber of an alarm topic has confirmed. Until then SNS sends nothing."""

from collections.abc import Iterable, Iterator

from arqctl.core.json_access import as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, IncompleteStackError, missing, ok
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.check import Check

_PENDING = "PendingConfirmation"
# The ARN of a topic, and the endpoint of a subscriber.
_Key = tuple[str, str]


def _check(context: AwsContext) -> Iterator[Check]:
    subscriptions = context.configuration.resources("aws_sns_topic_subscription")
    own = {
        (_topic_arn(context, each), each.text("endpoint")) for each in subscriptions if each.text("endpoint")
    }
    if not own:
        return
    states: dict[_Key, str] = {}
    topics: set[str] = set()
    for region in sorted({each.region for each in subscriptions}):
        for each in context.list_all("sns", "list_subscriptions", "Subscriptions", region):
            key = as_text(each.get("TopicArn")), as_text(each.get("Endpoint"))
            states[key] = as_text(each.get("SubscriptionArn"))
        topics |= {
            as_text(each.get("TopicArn")) for each in context.list_all("sns", "list_topics", "Topics", region)
        }
    # A topic that does not exist has no subscribers yet.
    expected = {key for key in own if key in states or key[0] in topics}
    pending = {key for key in expected if states.get(key) == _PENDING}
    lost = {key for key in expected if key not in states}
    if pending:
        fix = "Confirm the e-mail 'AWS Notification - Subscription Confirmation'"
        yield missing(SUBSCRIPTIONS.name, f"{_names(pending)}: not confirmed", fix)
    if lost:
        # SNS deletes a subscription that nobody confirms.
        fix = f"{context.configuration.deploy(_stacks(subscriptions))}, then confirm the e-mail"
        yield missing(SUBSCRIPTIONS.name, f"{_names(lost)}: not subscribed", fix)
    if not expected:
        yield ok(SUBSCRIPTIONS.name, "none yet: the first deployment creates them")
    elif not pending and not lost:
        yield ok(SUBSCRIPTIONS.name, f"{len(expected)} confirmed")


def _names(keys: Iterable[_Key]) -> str:
    return ", ".join(sorted({f"{endpoint} in {topic.split(':')[3]}" for topic, endpoint in keys}))


def _stacks(subscriptions: Iterable[Resource]) -> set[str]:
    return {each.stack.name for each in subscriptions}


def _topic_arn(context: AwsContext, subscription: Resource) -> str:
    topic = context.configuration.find(subscription, subscription.arguments.get("topic_arn"))
    if topic and topic.text("name"):
        prefix = f"arn:{context.partition}:sns:{subscription.region}:{context.account}"
        return f"{prefix}:{topic.text('name')}"
    if arn := subscription.text("topic_arn"):
        return arn
    raise IncompleteStackError(
        f"{subscription.block.address}: the name of its topic is not in the stack",
        f"Compare them yourself: aws sns list-subscriptions --region {subscription.region}",
    )


SUBSCRIPTIONS = AwsCheck("alarm subscriptions", ("sns:ListSubscriptions", "sns:ListTopics"), _check)
