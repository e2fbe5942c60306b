"""The evidence as Markdown: a table for each framework, and below them each rule with its resources."""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from arqctl.evidence.model import (
    STATES,
    Accepted,
    ControlEvidence,
    Evidence,
    FrameworkEvidence,
    Place,
    RuleEvidence,
)

_LIMITS = (
    "This is what rules see in synthesized configuration, and no certificate. A control is listed where a "
    "rule is certain to be about it; of others nothing is said. *Passed*: every resource passed those rules; "
    "what else the control asks is not judged here. *No evidence*: nothing here is what those rules judge."
)
_MARKS = re.compile(r"([\\`*_\[\]|~#@])")
_HEADINGS = ("failed", "undecided", "waived", "passed")


def render_markdown(evidence: Evidence) -> str:
    """Write the evidence. The same evidence is the same text."""
    lines = [
        f"# Evidence: {_plain(evidence.environment)}",
        "",
        *_circumstances(evidence),
        "",
        _LIMITS,
        "",
        *_blind(evidence),
    ]
    for framework in evidence.frameworks.values():
        lines += _framework(framework, evidence)
    lines += ["## Rules", ""]
    mapped = {
        rule for each in evidence.frameworks.values() for c in each.controls.values() for rule in c.rules
    }
    for id_, rule in evidence.rules.items():
        if id_ in mapped:
            lines += _rule(id_, rule)
    return "\n".join(lines).rstrip() + "\n"


def _circumstances(evidence: Evidence) -> Iterator[str]:
    commit = "none" if evidence.commit is None else evidence.commit.id
    if evidence.commit and evidence.commit.changed:
        commit += ", and files that differ from it"
    yield from ("| | |", "|---|---|")
    yield _row("environment", evidence.environment)
    yield _row("date", evidence.date.isoformat())
    yield _row("commit", commit)
    yield _row("judged by", ", ".join(f"{tool} {version}" for tool, version in evidence.versions.items()))
    yield _row("stacks", ", ".join(evidence.stacks))
    yield _row("resources", f"{evidence.resources:,}")


def _blind(evidence: Evidence) -> Iterator[str]:
    if not evidence.blind:
        return
    yield "## What no rule could see"
    yield ""
    yield "While this stands, no control passes."
    yield ""
    for finding in evidence.blind:
        yield f"- {_code(finding.path)}: {_plain(finding.message)}"
    yield ""


def _framework(framework: FrameworkEvidence, evidence: Evidence) -> Iterator[str]:
    count = Counter(control.state for control in framework.controls.values())
    told = ", ".join(f"{count[state]} {state}" for state in STATES if count[state])
    yield f"## {_plain(framework.name)} {framework.version}"
    yield ""
    yield f"{framework.basis} The framework: <{framework.source}>."
    yield ""
    yield f"{len(framework.controls)} controls are listed: {told}."
    yield f"Rules without a mapping here: {len(framework.unmapped)} of the {len(evidence.rules)} that judged."
    yield ""
    yield "| control | state | rule | why it stands here | failed | undecided | waived | passed |"
    yield "|---|---|---|---|--:|--:|--:|--:|"
    for id_, control in framework.controls.items():
        yield from _control(id_, control, evidence)
    yield ""


def _control(id_: str, control: ControlEvidence, evidence: Evidence) -> Iterator[str]:
    yield f"| **{id_}** {_plain(control.title)} | **{control.state}** | | | | | | |"
    for name, why in control.rules.items():
        rule = evidence.rules.get(name)
        linked = name if rule is None else f"[{name}](#{name.lower()})"
        counts = [""] * 4 if rule is None else [f"{len(getattr(rule, each)):,}" for each in _HEADINGS]
        yield f"| | | {linked} | {_plain(why)} | {' | '.join(counts)} |"


def _rule(id_: str, rule: RuleEvidence) -> Iterator[str]:
    yield f"### {id_}"
    yield ""
    yield f"{_plain(rule.name)}. <{rule.link}>" if rule.link else f"{_plain(rule.name)}."
    yield ""
    yield from _places("Failed", rule.failed)
    yield from _places("Undecided", rule.undecided)
    yield from _places("Waived", rule.waived)
    if rule.passed:
        yield f"<details><summary>Passed: {len(rule.passed):,}</summary>"
        yield ""
        yield from (f"- {_place(place)}" for place in rule.passed)
        yield ""
        yield "</details>"
        yield ""


def _places(title: str, places: Sequence[Place]) -> Iterator[str]:
    if not places:
        return
    yield f"{title}: {len(places):,}"
    yield ""
    yield from (f"- {_place(place)}" for place in places)
    yield ""


def _place(place: Place) -> str:
    told = f"{_code(place.path)} ({_code(place.address)})" if place.address else _code(place.path)
    if not isinstance(place, Accepted):
        return told
    what = "could not be decided; " if place.undecided else ""
    who = f"{_plain(place.owner)}, {_plain(place.ticket)}, until {place.expires}"
    return f"{told}: {what}accepted by {who}: {_plain(place.reason)}"


def _row(name: str, value: str) -> str:
    return f"| {name} | {_plain(value)} |"


def _plain(text: str) -> str:
    """Words that mean nothing to Markdown or HTML."""
    return _MARKS.sub(r"\\\1", html.escape(text, quote=False))


def _code(text: str) -> str:
    return f"<code>{_plain(text)}</code>"
