"""The way past a review in an emergency. It is told first and last, and everything it touches carries it."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json
from arqctl.plan.model import Action, ResourceChange
from arqctl.plan.redact.redact import redact
from arqctl.terraform.plan_file import SavedPlan

TAG = "break-glass"
_SHORTEST = 10
_LONGEST_VALUE = 256
# What AWS takes in a tag's value; more than a letter or digit of these has no meaning in Terraform.
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
_NOT_IN_A_TAG = re.compile(r"[^\w .:/=+@-]", re.ASCII)
_SUMMARY = "GITHUB_STEP_SUMMARY"


def reason_of(text: str) -> str:
    """The reason in one line, without secrets: it is printed, and stands in tags.

    Raises:
        InputError: when it says too little for anybody who reads it later.
    """
    reason = redact(" ".join("".join(c if c.isprintable() else " " for c in text).split()))
    if len(reason) < _SHORTEST:
        what = f"must say why in at least {_SHORTEST} characters, got {reason!r}"
        raise InputError([Problem("--break-glass", what, 'Write --break-glass "what happened, ticket"')])
    return reason


@contextmanager
def told(reason: str, environment: str) -> Iterator[None]:
    """Say the reason before and after, and in the step summary of GitHub's run, whatever comes of it."""
    what = f"{environment} is deployed without a review"
    line = f"BREAK GLASS, {what}: {reason}"
    typer.echo(line)
    _summarize(what, reason)
    try:
        yield
    finally:
        typer.echo(line)


def _summarize(what: str, reason: str) -> None:
    summary = os.environ.get(_SUMMARY)
    if not summary:
        return
    try:
        with Path(summary).open("a", encoding="utf-8") as opened:
            # Indented it is code, in which nothing has a meaning.
            opened.write(f"\n## Break glass: {what}\n\n    {reason}\n\n")
    except OSError as error:
        # An emergency doesn't wait for that. The reason is printed as well.
        typer.echo(f"{_SUMMARY} can't be written to: {error.strerror}", err=True)


def tag(saved: SavedPlan, reason: str) -> int:
    """Have the stack tag what the plan creates or changes, and nothing else; returns how many that are.

    The provider's default tags would do it in one line, but they stand on every resource: an emergency would
    touch them all. The stack has to be planned again; its next deployment takes the tags off.
    """
    rows = [row for row in saved.plan.resources if _takes_tags(row)]
    if rows:
        override = {"//": f"{TAG}: removed after this run", "resource": _tagged(rows, saved, reason)}
        saved.of.tags_file.write_text(json.dumps(override, indent=2) + "\n", encoding="utf-8")
    return len(rows)


def _takes_tags(row: ResourceChange) -> bool:
    """Tags are an argument where `tags_all` is one. A module's resources have no block in the stack."""
    change = row.change
    is_made = change.action in (Action.CREATE, Action.UPDATE) or change.action.is_replacement
    names = {name for side in (change.after, change.after_unknown) if isinstance(side, dict) for name in side}
    return row.mode == "managed" and is_made and "tags_all" in names and not row.address.startswith("module.")


def _tagged(rows: list[ResourceChange], saved: SavedPlan, reason: str) -> Body:
    value = _NOT_IN_A_TAG.sub("-", reason)[:_LONGEST_VALUE]
    found: dict[str, dict[str, Json]] = {}
    for row in rows:
        address = row.address.partition("[")[0]
        block = saved.of.stack.blocks.get(address)
        tags = block.body.get("tags") if block else None
        found.setdefault(row.type, {})[address.partition(".")[2]] = {"tags": _with(tags, value)}
    return dict(found)


def _with(tags: Json, value: str) -> Json:
    """An override takes the argument's place whole, so that what there was stands in it too."""
    if isinstance(tags, str) and tags.startswith("${") and tags.endswith("}"):
        return f'${{merge({tags[2:-1]}, {{"{TAG}" = "{value}"}})}}'
    return {**(tags if isinstance(tags, dict) else {}), TAG: value}
