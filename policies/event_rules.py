"""Rules of EventBridge that send whole events to log groups."""

from policies.audit_services import region_of
from policies.policy_documents import policy_documents, string_items
from policies.stack import Block, Json, Stack, at, references
from policies.verdict import Verdict, is_expression, is_true, pass_if

_DEFAULT_BUS = (None, "default")
_CHANGES = ("input", "input_path", "input_transformer")
_WRITER = "events.amazonaws.com"
_WRITES = ("logs:CreateLogStream", "logs:PutLogEvents")
_SOURCE = "aws:SourceArn"


def is_on(event_rule: Block) -> bool:
    """Return whether a rule reads the default bus, and is not disabled by one of its two arguments."""
    enabled = event_rule.get("is_enabled")
    return (
        event_rule.get("event_bus_name") in _DEFAULT_BUS
        and event_rule.get("state") in (None, "ENABLED")
        and (enabled is None or is_true(enabled) is Verdict.PASS)
    )


def whole_targets(event_rule: Block, stack: Stack) -> list[Block]:
    """Return the targets of a rule that get its events as they are."""
    return [
        each
        for each in stack.of_type("aws_cloudwatch_event_target")
        if event_rule.address in references(each.get("rule")) and region_of(each) == region_of(event_rule)
        if each.get("event_bus_name") in _DEFAULT_BUS and all(each.get(name) is None for name in _CHANGES)
    ]


def may_write(event_rule: Block, group: Block, stack: Stack) -> Verdict:
    """Pass a log group with a resource policy that lets EventBridge write the events of a rule.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
    """
    statements = [
        statement
        for each in stack.of_type("aws_cloudwatch_log_resource_policy")
        if region_of(each) == region_of(group)
        for document in policy_documents(each)
        for statement in document.statements
        if group.address in references(statement.get("Resource"))
    ]
    if any(each.get("Effect") != "Allow" for each in statements):
        return Verdict.FAIL
    return pass_if(all(any(_allows(each, action, event_rule) for each in statements) for action in _WRITES))


def _allows(statement: dict[str, Json], action: str, event_rule: Block) -> bool:
    services = string_items(at(statement.get("Principal"), "Service"))
    actions = string_items(statement.get("Action"))
    return _WRITER in services and action in actions and _admits(statement, event_rule)


def _admits(statement: dict[str, Json], event_rule: Block) -> bool:
    """Return whether a statement has no condition, except on the ARN of the rule."""
    condition = statement.get("Condition")
    if condition is None:
        return True
    if not isinstance(condition, dict) or set(condition) - {"ArnEquals", "ArnLike"} or len(condition) != 1:
        return False
    (keys,) = condition.values()
    return isinstance(keys, dict) and set(keys) == {_SOURCE} and _is_arn_of(keys[_SOURCE], event_rule)


def _is_arn_of(arns: Json, event_rule: Block) -> bool:
    name = event_rule.get("name")
    if not isinstance(name, str) or is_expression(name):
        return False
    return any(each.endswith(f":rule/{name}") for each in string_items(arns))
