"""Checks that each subscriber of an alarm topic has confirmed. Until then SNS sends nothing."""

from collections.abc import Iterator

from arqctl.core.json_access import as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, IncompleteStackError, missing, ok
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.check import Check

_PENDING = "PendingConfirmation"


def _check(context: AwsContext) -> Iterator[Check]:
    subscriptions = context.configuration.resources("aws_sns_topic_subscription")
    own = {
        (_topic_arn(context, each), each.text("endpoint")) for each in subscriptions if each.text("endpoint")
    }
    if not own:
        return
    pending, confirmed = set(), 0
    for region in sorted({each.region for each in subscriptions}):
        for each in context.list_all("sns", "list_subscriptions", "Subscriptions", region):
            endpoint = as_text(each.get("Endpoint"))
            is_own = (as_text(each.get("TopicArn")), endpoint) in own
            if is_own and each.get("SubscriptionArn") == _PENDING:
                pending.add(f"{endpoint} in {region}")
            elif is_own:
                confirmed += 1
    if pending:
        fix = "Confirm the e-mail 'AWS Notification - Subscription Confirmation'"
        yield missing(SUBSCRIPTIONS.name, f"{', '.join(sorted(pending))}: not confirmed", fix)
    elif confirmed:
        yield ok(SUBSCRIPTIONS.name, f"{confirmed} confirmed")
    else:
        yield ok(SUBSCRIPTIONS.name, "none yet: the first deployment creates them")


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


SUBSCRIPTIONS = AwsCheck("alarm subscriptions", ("sns:ListSubscriptions",), _check)
