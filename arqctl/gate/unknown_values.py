"""Finds security arguments with opaque values: they are UNKNOWN, and UNKNOWN blocks a deployment.

Checkov passes an expression (`policy = "${jsonencode(...)}"` passes the wildcard-admin rules) or returns no
result. So this module compares each expression with the arguments that Checkov's rules evaluate on that
block, and with a short table of security arguments of all blocks.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from arqctl.core.assembly import Block, Stack, construct_path
from arqctl.core.json_access import Json
from arqctl.gate.expressions import first_opaque_expression, has_expression, interpolations, referenced_type
from arqctl.gate.report import Finding
from arqctl.gate.rule_results import Result, RuleResult

RULE = "ARQ_UNKNOWN"

_Path = tuple[str, ...]

_META_ARGUMENTS = frozenset({"depends_on", "provider", "lifecycle", "provisioner", "connection"})
_EXISTENCE = frozenset({"count", "for_each"})
"""Arguments that decide whether a block exists at all."""

_POLICY = re.compile(
    r"policy|assume_role_policy|inline_policy|access_polic(y|ies)|resource_policy|key_policy|policy_document"
    r"|policy_body|container_definitions"
)
_CIDR = re.compile(r"(.*_)?cidr(s|_blocks?|_ipv[46])?|ip_address_(range|list)s?")
_SECURITY_ARGUMENTS = re.compile(
    r".*encrypt.*|.*kms.*|.*public.*|.*_protection|http_tokens|http_put_response_hop_limit|multi_az"
    r"|skip_final_snapshot|force_destroy|(backup_)?retention(_period|_in_days)?|minimum_protocol_version"
    r"|ssl_policy|security_policy|viewer_protocol_policy|.*logging.*|privileged|principals?|identifiers"
    r"|effect|(not_)?actions|(not_)?resources|acl|authentication_mode|allow_unauthenticated.*"
)
_ADDRESS_SPACE = re.compile(r"aws_(default_)?(vpc|subnet)|aws_vpc_ipv[46]_cidr_block_association")
"""Blocks whose CIDR is their own address range, not a permitted source."""
_VALUE_STORE = re.compile(
    r"(data\.)?aws_ssm_parameter|(data\.)?aws_secretsmanager_secret_version|terraform_data|null_data_source|random_.*"
    r"|data\.(http|external|terraform_remote_state|local_file|aws_lambda_invocation)"
)
"""Blocks whose value comes from elsewhere, so a reference to them is opaque."""
_IDENTIFIER = re.compile(r".*_(ids?|arns?|identifier|name)|kmsKeyId")
_STATEMENT_KEYS = ("Effect", "Action", "NotAction")
_MAX_LENGTH = 80


@dataclass(frozen=True)
class _StringValue:
    """One string of a block, with its path of names."""

    path: _Path
    value: str


def find_unknown_values(stack: Stack, results: Iterable[RuleResult]) -> Iterator[Finding]:
    """Yield the unknown values of a stack: rules without a result, opaque arguments, and whole modules."""
    by_address: dict[str, list[RuleResult]] = {}
    for each in results:
        by_address.setdefault(each.address, []).append(each)
        if each.result is Result.UNKNOWN and (each.error or each.rule.own):
            yield _rule_finding(stack, each)
    for block in stack.blocks.values():
        yield from _opaque_arguments(stack, block, by_address.get(block.address, []))
    yield from _module_findings(stack)


def _opaque_arguments(stack: Stack, block: Block, results: list[RuleResult]) -> Iterator[Finding]:
    """Yield each opaque argument of a block once, with the rules that evaluate it."""
    reported: set[_Path] = set()
    for text in _strings(block.body):
        evaluating = [
            each for each in results if not each.rule.looks_for_secrets and _evaluates(each, text.path)
        ]
        without_result = [each for each in evaluating if each.result is Result.UNKNOWN]
        expression = _opaque_value(block, text, evaluating, without_result)
        if expression is not None and text.path not in reported:
            reported.add(text.path)
            yield _argument_finding(
                stack,
                block,
                text.path,
                expression,
                sorted({each.rule.id for each in without_result or evaluating}),
            )


def _opaque_value(
    block: Block, text: _StringValue, evaluating: list[RuleResult], without_result: list[RuleResult]
) -> str | None:
    """Return the expression that makes a security argument opaque, or None."""
    name = text.path[-1]
    if _POLICY.fullmatch(name):
        return _opaque_policy(text.value, is_unread=bool(without_result))
    if without_result and has_expression(text.value) and not _is_customer_key(text):
        return next(interpolations(text.value))
    if _CIDR.fullmatch(name):
        return None if _ADDRESS_SPACE.fullmatch(block.type) else _opaque_cidr(text.value)
    if evaluating or name in _EXISTENCE or any(_SECURITY_ARGUMENTS.fullmatch(part) for part in text.path):
        return _opaque_setting(text.value, name)
    return None


def _is_customer_key(text: _StringValue) -> bool:
    """Return whether a value is a key of the stack: rules compare only names with those of AWS's own keys."""
    types = {referenced_type(each) for each in interpolations(text.value)}
    return "kms" in text.path[-1] and types == {"aws_kms_key"}


def _opaque_setting(value: str, name: str) -> str | None:
    """Return the opaque expression of a setting. A reference to a value store is opaque, unless to an id."""
    for each in interpolations(value):
        type_ = referenced_type(each)
        if type_ is None or (_VALUE_STORE.fullmatch(type_) and not _IDENTIFIER.fullmatch(name)):
            return each
    return None


def _opaque_policy(value: str, *, is_unread: bool) -> str | None:
    """Return the opaque expression of a policy that is neither a policy data source nor literal JSON."""
    whole = list(interpolations(value))
    if len(whole) == 1 and value == f"${{{whole[0]}}}":
        return None if referenced_type(whole[0]) == "data.aws_iam_policy_document" else whole[0]
    try:
        document: Json = json.loads(value)
    except ValueError:
        return whole[0] if whole else None
    opaque = (_opaque_statement(text) for text in _strings({"document": document}))
    return next((each for each in opaque if each is not None), value if is_unread else None)


def _opaque_statement(text: _StringValue) -> str | None:
    """Return the opaque part of a statement. Effect and actions must be literals; principals may refer."""
    if text.path[-1] in _STATEMENT_KEYS and has_expression(text.value):
        return text.value
    if "Principal" in text.path:
        return _opaque_setting(text.value, "Principal")
    return first_opaque_expression(text.value)


def _opaque_cidr(value: str) -> str | None:
    """Return the opaque expression of a CIDR that is neither a literal nor the CIDR of another block."""
    return next(
        (each for each in interpolations(value) if not referenced_type(each) or "cidr" not in each), None
    )


def _evaluates(result: RuleResult, path: _Path) -> bool:
    """Return whether a rule evaluates an argument, its block, or something inside it."""
    if result.rule.reads_policies and _POLICY.fullmatch(path[-1]):
        return True
    return any(all(part in (name, "*") for part, name in zip(key, path, strict=False)) for key in result.keys)


def _strings(value: Json, path: _Path = ()) -> Iterator[_StringValue]:
    """Yield every string in a value; a `dynamic` block counts as the block that it generates."""
    if isinstance(value, str):
        yield _StringValue(path, value)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item, path)
    elif isinstance(value, dict):
        for name, item in value.items():
            if not path and name in _META_ARGUMENTS:
                continue
            inner = (
                path if name in ("dynamic", "content") and (not path or name == "content") else (*path, name)
            )
            yield from _strings(item, inner)


def _argument_finding(stack: Stack, block: Block, path: _Path, expression: str, rules: list[str]) -> Finding:
    short = expression if len(expression) <= _MAX_LENGTH else f"{expression[:_MAX_LENGTH]}…"
    reason = f"{', '.join(rules)} cannot evaluate it" if rules else "no rule can evaluate it"
    message = f"{'.'.join(path)} is the expression `{short}`: {reason}. Write a literal or a plain reference"
    return Finding(
        rule=RULE,
        severity="HIGH",
        address=block.address,
        path=block.path,
        message=message,
        stack=stack.name,
    )


def _rule_finding(stack: Stack, result: RuleResult) -> Finding:
    reason = f"the rule failed with {result.error}" if result.error else "the rule has no result"
    return Finding(
        rule=result.rule.id,
        severity=result.rule.severity,
        address=result.address or stack.name,
        path=stack.path_of(result.address) if result.address else stack.name,
        message=f"{result.rule.name}: {reason}",
        stack=stack.name,
        link=result.rule.link,
    )


def _module_findings(stack: Stack) -> Iterator[Finding]:
    modules = stack.document.get("module")
    for name, body in (modules if isinstance(modules, dict) else {}).items():
        if name != "//":
            yield Finding(
                rule=RULE,
                severity="HIGH",
                address=f"module.{name}",
                path=construct_path(body) or f"{stack.name}/module.{name}",
                message="a module's resources are not in the synthesized JSON, so no rule evaluated them",
                stack=stack.name,
            )
