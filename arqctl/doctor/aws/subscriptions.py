"""Checks that each subscriber of an alarm topic has confirmed. Until then SNS sends nothing."""

from collections.abc import Iterator

from arqctl.core.json_access import as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.check import Check

_PENDING = "PendingConfirmation"


def _check(context: AwsContext) -> Iterator[Check]:
    subscriptions = context.configuration.resources("aws_sns_topic_subscription")
    endpoints = {each.text("endpoint") for each in subscriptions} - {""}
    if not endpoints:
        return
    pending, confirmed = set(), 0
    for region in sorted({each.region for each in subscriptions}):
        for each in context.list_all("sns", "list_subscriptions", "Subscriptions", region):
            endpoint = as_text(each.get("Endpoint"))
            if endpoint in endpoints and each.get("SubscriptionArn") == _PENDING:
                pending.add(f"{endpoint} in {region}")
            elif endpoint in endpoints:
                confirmed += 1
    if pending:
        fix = "Confirm the e-mail 'AWS Notification - Subscription Confirmation'"
        yield missing(SUBSCRIPTIONS.name, f"{', '.join(sorted(pending))}: not confirmed", fix)
    elif confirmed:
        yield ok(SUBSCRIPTIONS.name, f"{confirmed} confirmed")
    else:
        yield ok(SUBSCRIPTIONS.name, "none yet: the first deployment creates them")


SUBSCRIPTIONS = AwsCheck("alarm subscriptions", ("sns:ListSubscriptions",), _check)
