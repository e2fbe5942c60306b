"""The receiver of an environment's heartbeat."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_object, as_text


def find_heartbeat_topic(environment: str, stacks: Iterable[Stack]) -> str:
    """Return the name of the topic that a schedule of the environment writes.

    Raises:
        InputError: if there is none.
    """
    for stack in stacks:
        for schedule in stack.blocks.values():
            if schedule.type != "aws_scheduler_schedule":
                continue
            arn = as_text(as_object(schedule.body.get("target")).get("arn"))
            topic = stack.blocks.get(arn.removeprefix("${").removesuffix(".arn}"))
            if topic is not None and topic.type == "aws_sns_topic":
                return as_text(topic.body.get("name"))
    fix = "Set pager=PagerConfig(…) in its values, and deploy it"
    raise InputError([Problem(environment, "has no heartbeat", fix)])


def subscribe(api: AwsApi, *, topic_arn: str, region: str, url: str) -> None:
    """Subscribe the receiver. SNS then sends it a confirmation link.

    Raises:
        AwsError: when AWS rejects the call or can't be reached.
        InputError: if the URL is not HTTPS. The message does not contain it.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        fix = 'Write the receiver\'s HTTPS URL into the field "heartbeat_url"'
        raise InputError([Problem("the URL", "must be an HTTPS URL", fix)])
    api.call("sns", "subscribe", region, TopicArn=topic_arn, Protocol="https", Endpoint=url)
