"""Finds the alarms about requests and work, which a release of the services can cause."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from arqctl.core.assembly import Stack
from arqctl.core.json_access import Body, as_list, as_object, as_text

METRIC: Final = "aws_cloudwatch_metric_alarm"
COMPOSITE: Final = "aws_cloudwatch_composite_alarm"
# Metrics of load balancers and their targets, of distributions, and of the queues that workers read.
_NAMESPACES: Final = frozenset({"AWS/ApplicationELB", "AWS/CloudFront", "AWS/SQS"})
_ADDRESS: Final = re.compile(rf"\$\{{({METRIC}\.[\w-]+)\.alarm_name\}}")


def find_request_alarms(stacks: Sequence[Stack]) -> frozenset[str]:
    """Return the names of the alarms whose metrics count requests, targets or messages.

    A database's failover or a full NAT gateway is no reason to deploy an earlier commit. A composite alarm
    belongs to the alarms in its rule.
    """
    return frozenset(name for stack in stacks for name in _names(stack))


def _names(stack: Stack) -> Iterator[str]:
    for block in stack.resources:
        if block.type == METRIC:
            metrics = [block.body]
        elif block.type == COMPOSITE:
            metrics = _members(stack, as_text(block.body.get("alarm_rule")))
        else:
            continue
        if any(_namespaces(each) & _NAMESPACES for each in metrics):
            yield as_text(block.body.get("alarm_name"))


def _members(stack: Stack, rule: str) -> list[Body]:
    return [stack.blocks[address].body for address in _ADDRESS.findall(rule) if address in stack.blocks]


def _namespaces(alarm: Body) -> set[str]:
    """Return the namespaces of an alarm on one metric, or on an expression of several."""
    queries = [as_object(each) for each in as_list(alarm.get("metric_query"))]
    return {
        as_text(each.get("namespace"))
        for each in (alarm, *(as_object(query.get("metric")) for query in queries))
    }
