"""A runbook as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A step: an instruction, and the commands to run."""

    text: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Steps with a heading."""

    heading: str
    steps: Sequence[Step]


def render(title: str, sections: Sequence[Section]) -> str:
    """Return the page. Commands are in fenced blocks of one shell session."""
    lines = [f"# {title}", ""]
    for section in sections:
        lines += [f"## {section.heading}", ""]
        for number, step in enumerate(section.steps, start=1):
            lines += [f"{number}. {step.text}", ""]
            if step.commands:
                lines += ["```sh", *step.commands, "```", ""]
    return "\n".join(lines).rstrip() + "\n"
