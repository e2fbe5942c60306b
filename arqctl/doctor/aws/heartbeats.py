"""Checks that a receiver outside AWS gets the heartbeat. Its URL is a secret, so Terraform has none."""

from collections.abc import Iterator

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.check import Check

_PENDING = "PendingConfirmation"


def _check(context: AwsContext) -> Iterator[Check]:
    for schedule in context.configuration.resources("aws_scheduler_schedule"):
        target = as_object(schedule.arguments.get("target")).get("arn")
        topic = context.configuration.find(schedule, target)
        if topic and topic.block.type == "aws_sns_topic":
            yield _receiver(context, topic)


def _receiver(context: AwsContext, topic: Resource) -> Check:
    name, environment = topic.text("name"), context.configuration.environment
    arn = f"arn:{context.partition}:sns:{topic.region}:{context.account}:{name}"
    try:
        found = context.list_all(
            "sns", "list_subscriptions_by_topic", "Subscriptions", topic.region, TopicArn=arn
        )
    except AwsError as error:
        if error.code not in ("NotFound", "NotFoundException"):
            raise
        return missing(
            HEARTBEATS.name, f"{name}: does not exist", context.configuration.deploy([topic.stack.name])
        )
    # The endpoint is a secret: it is not printed.
    states = [as_text(each.get("SubscriptionArn")) for each in found]
    if not states:
        return missing(
            HEARTBEATS.name, f"{name}: has no receiver", f"arqctl paging set-heartbeat {environment}"
        )
    if _PENDING in states:
        fix = "Open the confirmation link that the receiver shows with its last message"
        return missing(HEARTBEATS.name, f"{name}: the receiver has not confirmed", fix)
    return ok(HEARTBEATS.name, f"{name}: {len(states)} confirmed")


HEARTBEATS = AwsCheck("heartbeat receiver", ("sns:ListSubscriptionsByTopic",), _check)
