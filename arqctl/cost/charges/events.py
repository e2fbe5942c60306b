"""Charges of messages, functions, state machines and API destinations, by assumed use."""

from collections.abc import Iterator, Mapping

from arqctl.cost.arguments import read_number, read_text
from arqctl.cost.charges.charge import Charge, ChargeFunction, charge_usage, multiply
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources

_FUNCTION_MIB = 128
"""Memory of a function without a size."""
_MIB_A_GIB = 1024


def charge_topic(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge messages to a topic, and e-mails of it."""
    name = read_text(resource.values, "name")
    yield from charge_usage("sns/request", stack.usage("topic_requests", name), "message to a topic")
    yield from charge_usage("sns/email", stack.usage("topic_emails", name), "e-mail of a topic")


def charge_queue(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge requests to a queue."""
    requests = stack.usage("queue_requests", read_text(resource.values, "name"))
    yield from charge_usage("sqs/request", requests, "request to a queue")


def charge_function(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge invocations of a function with their time."""
    values = resource.values
    invocations = stack.usage("function_invocations", read_text(values, "function_name"))
    if invocations:
        memory = read_number(values, "memory_size", _FUNCTION_MIB)
        seconds = invocations * stack.usage("function_seconds") / _MIB_A_GIB
        yield from charge_usage("lambda/request", invocations, "invocation of a function")
        yield from charge_usage("lambda/gib-second", multiply(memory, seconds), "GiB-second of a function")


def charge_state_machine(_: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge transitions of a state machine."""
    yield from charge_usage(
        "states/transition", stack.usage("state_transitions"), "transition of a state machine"
    )


def charge_api_destination(_: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge events to an API destination."""
    yield from charge_usage(
        "events/api-destination", stack.usage("destination_events"), "event to an API destination"
    )


EVENTS: Mapping[str, ChargeFunction] = {
    "aws_cloudwatch_event_api_destination": charge_api_destination,
    "aws_lambda_function": charge_function,
    "aws_sfn_state_machine": charge_state_machine,
    "aws_sns_topic": charge_topic,
    "aws_sqs_queue": charge_queue,
}
