"""Renders evidence as Markdown: a table for each framework, then each rule with its blocks."""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from arqctl.evidence.model import (
    STATES,
    ControlEvidence,
    EvaluatedBlock,
    Evidence,
    FrameworkEvidence,
    RuleEvidence,
    WaivedBlock,
)

_SCOPE = (
    "This is the result of rules that check synthesized configuration; it is not a certificate. Only "
    "controls that a rule certainly checks are listed. *Passed*: every resource passed those rules; other "
    "demands of the control aren't checked. *No evidence*: the environment has no resource that those rules "
    "check."
)
_MARKDOWN_CHARACTERS = re.compile(r"([\\`*_\[\]|~#@])")
_COUNTED_STATES = ("failed", "unknown", "waived", "passed")


def render_markdown(evidence: Evidence) -> str:
    """Render the evidence. The same evidence gives the same text."""
    lines = [
        f"# Evidence: {_escape(evidence.environment)}",
        "",
        *_header(evidence),
        "",
        _SCOPE,
        "",
        *_not_evaluated(evidence),
    ]
    for framework in evidence.frameworks.values():
        lines += _framework_section(framework, evidence)
    lines += ["## Rules", ""]
    mapped = {
        rule
        for framework in evidence.frameworks.values()
        for control in framework.controls.values()
        for rule in control.rules
    }
    for id_, rule in evidence.rules.items():
        if id_ in mapped:
            lines += _rule_section(id_, rule)
    return "\n".join(lines).rstrip() + "\n"


def _header(evidence: Evidence) -> Iterator[str]:
    commit = "none" if evidence.commit is None else evidence.commit.id
    if evidence.commit and evidence.commit.uncommitted_changes:
        commit += ", with uncommitted changes"
    yield from ("| | |", "|---|---|")
    yield _row("environment", evidence.environment)
    yield _row("date", evidence.date.isoformat())
    yield _row("commit", commit)
    yield _row("tools", ", ".join(f"{tool} {version}" for tool, version in evidence.versions.items()))
    yield _row("stacks", ", ".join(evidence.stacks))
    yield _row("resources", f"{evidence.resources:,}")


def _not_evaluated(evidence: Evidence) -> Iterator[str]:
    if not evidence.not_evaluated:
        return
    yield "## Not evaluated"
    yield ""
    yield "No control passes until rules can evaluate the following:"
    yield ""
    for finding in evidence.not_evaluated:
        yield f"- {_code(finding.path)}: {_escape(finding.message)}"
    yield ""


def _framework_section(framework: FrameworkEvidence, evidence: Evidence) -> Iterator[str]:
    counts = Counter(control.state for control in framework.controls.values())
    summary = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
    yield f"## {_escape(framework.name)} {framework.version}"
    yield ""
    yield f"{framework.basis} Source: <{framework.source}>."
    yield ""
    yield f"Listed controls: {len(framework.controls)} ({summary})."
    yield f"Rules without a mapping: {len(framework.unmapped_rules)} of {len(evidence.rules)} evaluated."
    yield ""
    yield "| control | state | rule | reason for the mapping | failed | unknown | waived | passed |"
    yield "|---|---|---|---|--:|--:|--:|--:|"
    for id_, control in framework.controls.items():
        yield from _control_rows(id_, control, evidence)
    yield ""


def _control_rows(id_: str, control: ControlEvidence, evidence: Evidence) -> Iterator[str]:
    yield f"| **{id_}** {_escape(control.title)} | **{control.state}** | | | | | | |"
    for name, reason in control.rules.items():
        rule = evidence.rules.get(name)
        linked = name if rule is None else f"[{name}](#{name.lower()})"
        counts = [""] * 4 if rule is None else [f"{len(getattr(rule, state)):,}" for state in _COUNTED_STATES]
        yield f"| | | {linked} | {_escape(reason)} | {' | '.join(counts)} |"


def _rule_section(id_: str, rule: RuleEvidence) -> Iterator[str]:
    yield f"### {id_}"
    yield ""
    yield f"{_escape(rule.name)}. <{rule.link}>" if rule.link else f"{_escape(rule.name)}."
    yield ""
    yield from _block_list("Failed", rule.failed)
    yield from _block_list("Unknown", rule.unknown)
    yield from _block_list("Waived", rule.waived)
    if rule.passed:
        yield f"<details><summary>Passed: {len(rule.passed):,}</summary>"
        yield ""
        yield from (f"- {_block(block)}" for block in rule.passed)
        yield ""
        yield "</details>"
        yield ""


def _block_list(title: str, blocks: Sequence[EvaluatedBlock]) -> Iterator[str]:
    if not blocks:
        return
    yield f"{title}: {len(blocks):,}"
    yield ""
    yield from (f"- {_block(block)}" for block in blocks)
    yield ""


def _block(block: EvaluatedBlock) -> str:
    text = f"{_code(block.path)} ({_code(block.address)})" if block.address else _code(block.path)
    if not isinstance(block, WaivedBlock):
        return text
    result = "unknown result " if block.unknown else ""
    waiver = f"{_escape(block.owner)}, {_escape(block.ticket)}, until {block.expires}"
    return f"{text}: {result}waived by {waiver}: {_escape(block.reason)}"


def _row(name: str, value: str) -> str:
    return f"| {name} | {_escape(value)} |"


def _escape(text: str) -> str:
    """Escape characters with a meaning in Markdown or HTML."""
    return _MARKDOWN_CHARACTERS.sub(r"\\\1", html.escape(text, quote=False))


def _code(text: str) -> str:
    return f"<code>{_escape(text)}</code>"
