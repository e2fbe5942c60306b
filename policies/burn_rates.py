"""Parts of alarms on burn rates: a part notifies nobody, and a composite alarm needs two of them.

https://sre.google/workbook/alerting-on-slos/
"""

import ast
import re
from collections.abc import Collection

from policies.alarm_delivery import COMPOSITE, measures_share, share_of
from policies.alarms import has_enabled_action
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict

_METRIC = "aws_cloudwatch_metric_alarm"
_ACTIONS = ("alarm_actions", "ok_actions", "insufficient_data_actions")
_TERM = re.compile(r'ALARM\(\s*"\$\{(?P<address>[\w.-]+)\.alarm_name\}"\s*\)')
_OPERATORS = {"AND": "and", "OR": "or", "NOT": "not"}


def is_burn_part(alarm: Block, stack: Stack) -> bool:
    """Return whether an alarm has no actions, and only composite alarms on burn rates refer to it.

    An alarm of which that can't be decided is no part.
    """
    if any(alarm.get(name) is not None for name in _ACTIONS):
        return False
    users = stack.referrers(alarm, COMPOSITE)
    return bool(users) and all(_combines_windows(each, alarm, stack) for each in users)


def _combines_windows(composite: Block, part: Block, stack: Stack) -> bool:
    """Return whether a composite alarm notifies if a part and another window of its metric are in ALARM.

    The part alone must not be enough. Other alarms in the rule are such windows, or notify themselves.
    """
    addresses, tree = _parse(composite.get("alarm_rule"))
    if tree is None or has_enabled_action(composite) is not Verdict.PASS:
        return False
    others = [stack.blocks.get(address) for address in addresses]
    if not all(each is not None and _may_be_in_rule(each) for each in others):
        return False
    windows = [each for each in others if each is not None and _is_other_window(each, part)]
    alone = _fires(tree, addresses, {part.address})
    pairs = (_fires(tree, addresses, {part.address, each.address}) for each in windows)
    return not alone and any(pairs)


def _may_be_in_rule(alarm: Block) -> bool:
    if alarm.type == _METRIC:
        return measures_share(alarm)
    return alarm.type == COMPOSITE and has_enabled_action(alarm) is Verdict.PASS


def _is_other_window(alarm: Block, part: Block) -> bool:
    if alarm.type != _METRIC:
        return False
    own, other = share_of(part), share_of(alarm)
    same = all(at(own, name) == at(other, name) for name in ("namespace", "metric_name", "dimensions"))
    return own is not None and same and at(own, "period") != at(other, "period")


def _parse(rule: Json) -> tuple[list[str], ast.expr | None]:
    """Return the addresses of the alarms in a rule, and its tree with a name for each of them.

    There is no tree if the rule can't be read.
    """
    addresses: list[str] = []
    if not isinstance(rule, str):
        return addresses, None

    def name(term: re.Match[str]) -> str:
        if term["address"] not in addresses:
            addresses.append(term["address"])
        return f"a{addresses.index(term['address'])}"

    text = re.sub(r"\b(AND|OR|NOT)\b", lambda word: _OPERATORS[word[0]], _TERM.sub(name, rule))
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return addresses, None
    allowed = (ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Name, ast.Load)
    names = {f"a{index}" for index in range(len(addresses))}
    is_readable = all(
        isinstance(node, allowed) and (not isinstance(node, ast.Name) or node.id in names)
        for node in ast.walk(tree)
    )
    return addresses, tree if is_readable else None


def _fires(tree: ast.expr, addresses: list[str], in_alarm: Collection[str]) -> bool:
    """Return whether a rule is true if only these alarms are in ALARM."""
    if isinstance(tree, ast.BoolOp):
        values = [_fires(each, addresses, in_alarm) for each in tree.values]
        return all(values) if isinstance(tree.op, ast.And) else any(values)
    if isinstance(tree, ast.UnaryOp):
        return not _fires(tree.operand, addresses, in_alarm)
    return isinstance(tree, ast.Name) and addresses[int(tree.id[1:])] in in_alarm
