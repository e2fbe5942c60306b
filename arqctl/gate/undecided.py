"""Security arguments whose value can't be decided by reading: they are UNKNOWN, and UNKNOWN blocks.

Checkov waves an expression through (`policy = "${jsonencode(...)}"` passes the wildcard-admin rules) or says
nothing at all. So each expression is held against what Checkov's rules look at on that block, and against a
short table of arguments that matter on any block.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from arqctl.core.assembly import Block, Stack, construct_path
from arqctl.core.json_access import Json
from arqctl.gate.expressions import has_expression, interpolations, referenced_type, undecided
from arqctl.gate.report import Finding
from arqctl.gate.verdicts import Result, RuleVerdict

RULE = "ARQ_UNKNOWN"

_Path = tuple[str, ...]

_META = frozenset({"depends_on", "provider", "lifecycle", "provisioner", "connection"})
_EXISTENCE = frozenset({"count", "for_each"})
"""Whether a block exists at all: a guard that may not exist protects nothing."""

_POLICY = re.compile(
    r"policy|assume_role_policy|inline_policy|access_polic(y|ies)|resource_policy|key_policy|policy_document"
    r"|policy_body|container_definitions"
)
_CIDR = re.compile(r"(.*_)?cidr(s|_blocks?|_ipv[46])?|ip_address_(range|list)s?")
_MATTERS = re.compile(
    r".*encrypt.*|.*kms.*|.*public.*|.*_protection|http_tokens|http_put_response_hop_limit|multi_az"
    r"|skip_final_snapshot|force_destroy|(backup_)?retention(_period|_in_days)?|minimum_protocol_version"
    r"|ssl_policy|security_policy|viewer_protocol_policy|.*logging.*|privileged|principals?|identifiers"
    r"|effect|(not_)?actions|(not_)?resources|acl|authentication_mode|allow_unauthenticated.*"
)
_ADDRESS_SPACE = re.compile(r"aws_(default_)?(vpc|subnet)|aws_vpc_ipv[46]_cidr_block_association")
"""Blocks whose CIDR is where they live, not whom they let in."""
_CARRIER = re.compile(
    r"(data\.)?aws_ssm_parameter|(data\.)?aws_secretsmanager_secret_version|terraform_data|null_data_source|random_.*"
    r"|data\.(http|external|terraform_remote_state|local_file|aws_lambda_invocation)"
)
"""Blocks that hold whatever someone else put there: referring to one says nothing about the value."""
_IDENTIFIER = re.compile(r".*_(ids?|arns?|identifier|name)")
_VERBS = ("Effect", "Action", "NotAction")
_SHOWN = 80


@dataclass(frozen=True)
class _Text:
    """One string of a block, with the names that lead to it."""

    path: _Path
    value: str


def find_undecided(stack: Stack, verdicts: Iterable[RuleVerdict]) -> Iterator[Finding]:
    """Yield what can't be decided in a stack: rules that could not judge, arguments, and whole modules."""
    by_address: dict[str, list[RuleVerdict]] = {}
    for verdict in verdicts:
        by_address.setdefault(verdict.address, []).append(verdict)
        if verdict.result is Result.UNKNOWN and (verdict.error or verdict.rule.own):
            yield _rule_gave_up(stack, verdict)
    for block in stack.blocks.values():
        yield from _arguments(stack, block, by_address.get(block.address, []))
    yield from _modules(stack)


def _arguments(stack: Stack, block: Block, verdicts: list[RuleVerdict]) -> Iterator[Finding]:
    """Yield each undecided argument of a block once, with the rules that look at it."""
    seen: set[_Path] = set()
    for text in _texts(block.body):
        watching = [v for v in verdicts if not v.rule.looks_for_secrets and _looks_at(v, text.path)]
        silent = [v for v in watching if v.result is Result.UNKNOWN]
        expression = _undecided_value(block, text, watching, silent)
        if expression is not None and text.path not in seen:
            seen.add(text.path)
            yield _argument(
                stack, block, text.path, expression, sorted({v.rule.id for v in silent or watching})
            )


def _undecided_value(
    block: Block, text: _Text, watching: list[RuleVerdict], silent: list[RuleVerdict]
) -> str | None:
    """The expression that keeps a value from being decided; None when it is decided, or doesn't matter."""
    name = text.path[-1]
    if _POLICY.fullmatch(name):
        return _undecided_policy(text.value, unread=bool(silent))
    if silent and has_expression(text.value):
        return next(interpolations(text.value))
    if _CIDR.fullmatch(name):
        return None if _ADDRESS_SPACE.fullmatch(block.type) else _undecided_cidr(text.value)
    if watching or name in _EXISTENCE or any(_MATTERS.fullmatch(part) for part in text.path):
        return _undecided_setting(text.value, name)
    return None


def _undecided_setting(value: str, name: str) -> str | None:
    """A setting is decided as a literal or a reference; to a carrier only where an id is meant."""
    for each in interpolations(value):
        type_ = referenced_type(each)
        if type_ is None or (_CARRIER.fullmatch(type_) and not _IDENTIFIER.fullmatch(name)):
            return each
    return None


def _undecided_policy(value: str, *, unread: bool) -> str | None:
    """A policy is decided as a judged data source, or as literal JSON that refers to blocks."""
    whole = list(interpolations(value))
    if len(whole) == 1 and value == f"${{{whole[0]}}}":
        return None if referenced_type(whole[0]) == "data.aws_iam_policy_document" else whole[0]
    try:
        document: Json = json.loads(value)
    except ValueError:
        return whole[0] if whole else None
    doubtful = (_undecided_statement(text) for text in _texts({"document": document}))
    return next((each for each in doubtful if each is not None), value if unread else None)


def _undecided_statement(text: _Text) -> str | None:
    """What is allowed must stand there; who it is allowed to may be a block, but not whatever one holds."""
    if text.path[-1] in _VERBS and has_expression(text.value):
        return text.value
    if "Principal" in text.path:
        return _undecided_setting(text.value, "Principal")
    return undecided(text.value)


def _undecided_cidr(value: str) -> str | None:
    """A range is decided as a literal, or as the range of another block."""
    return next(
        (each for each in interpolations(value) if not referenced_type(each) or "cidr" not in each), None
    )


def _looks_at(verdict: RuleVerdict, path: _Path) -> bool:
    """Tell whether a rule looks at an argument, at the block it stands in, or at something inside it."""
    if verdict.rule.reads_policies and _POLICY.fullmatch(path[-1]):
        return True
    return any(
        all(part in (name, "*") for part, name in zip(key, path, strict=False)) for key in verdict.keys
    )


def _texts(value: Json, path: _Path = ()) -> Iterator[_Text]:
    """Yield every string below a value; a `dynamic` block reads as the block that it makes."""
    if isinstance(value, str):
        yield _Text(path, value)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, path)
    elif isinstance(value, dict):
        for name, item in value.items():
            if not path and name in _META:
                continue
            inner = (
                path if name in ("dynamic", "content") and (not path or name == "content") else (*path, name)
            )
            yield from _texts(item, inner)


def _argument(stack: Stack, block: Block, path: _Path, expression: str, rules: list[str]) -> Finding:
    short = expression if len(expression) <= _SHOWN else f"{expression[:_SHOWN]}…"
    judges = f"{', '.join(rules)} can't judge it" if rules else "no rule can judge it"
    message = f"{'.'.join(path)} is the expression `{short}`: {judges}. Write a literal or a plain reference"
    return Finding(
        rule=RULE,
        severity="HIGH",
        address=block.address,
        path=block.path,
        message=message,
        stack=stack.name,
    )


def _rule_gave_up(stack: Stack, verdict: RuleVerdict) -> Finding:
    why = f"the rule failed with {verdict.error}" if verdict.error else "the rule could not decide"
    return Finding(
        rule=verdict.rule.id,
        severity=verdict.rule.severity,
        address=verdict.address or stack.name,
        path=stack.path_of(verdict.address) if verdict.address else stack.name,
        message=f"{verdict.rule.name}: {why}",
        stack=stack.name,
        link=verdict.rule.link,
    )


def _modules(stack: Stack) -> Iterator[Finding]:
    modules = stack.document.get("module")
    for name, body in (modules if isinstance(modules, dict) else {}).items():
        if name != "//":
            yield Finding(
                rule=RULE,
                severity="HIGH",
                address=f"module.{name}",
                path=construct_path(body) or f"{stack.name}/module.{name}",
                message="what a module makes can't be seen in synthesized JSON, so no rule judged it",
                stack=stack.name,
            )
