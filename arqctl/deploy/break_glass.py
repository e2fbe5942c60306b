"""Deploys in an emergency without an approval: announces the reason and tags changed resources with it."""

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
_MIN_REASON_LENGTH = 10
_MAX_TAG_LENGTH = 256
# Matches characters that AWS rejects in a tag's value. The others have no special meaning in Terraform.
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
_INVALID_IN_TAG = re.compile(r"[^\w .:/=+@-]", re.ASCII)
_SUMMARY = "GITHUB_STEP_SUMMARY"


def parse_reason(text: str) -> str:
    """Return the reason on one line, with secrets redacted: it is printed and written to tags.

    Raises:
        InputError: when it is too short to explain the emergency.
    """
    reason = redact(" ".join("".join(c if c.isprintable() else " " for c in text).split()))
    if len(reason) < _MIN_REASON_LENGTH:
        what = f"must give the reason in at least {_MIN_REASON_LENGTH} characters, got {reason!r}"
        raise InputError([Problem("--break-glass", what, 'Write --break-glass "what happened, ticket"')])
    return reason


@contextmanager
def announce(reason: str, environment: str) -> Iterator[None]:
    """Print the reason before and after, even on failure, and add it to the GitHub step summary."""
    event = f"{environment} is deployed without a review"
    line = f"BREAK GLASS, {event}: {reason}"
    typer.echo(line)
    _add_to_summary(event, reason)
    try:
        yield
    finally:
        typer.echo(line)


def _add_to_summary(event: str, reason: str) -> None:
    summary = os.environ.get(_SUMMARY)
    if not summary:
        return
    try:
        with Path(summary).open("a", encoding="utf-8") as file:
            # Indented text is a code block, so Markdown in the reason has no effect.
            file.write(f"\n## Break glass: {event}\n\n    {reason}\n\n")
    except OSError as error:
        # An emergency deployment goes on: the reason is printed as well.
        typer.echo(f"{_SUMMARY} cannot be written: {error.strerror}", err=True)


def write_tags(saved: SavedPlan, reason: str) -> int:
    """Write an override file that tags the resources which the plan creates or updates; return their number.

    The provider's default tags would change all resources of the stack. Plan again to include the tags. The
    next deployment removes them.
    """
    resources = [resource for resource in saved.plan.resources if _needs_tag(resource)]
    if resources:
        override = {
            "//": f"{TAG}: removed after this run",
            "resource": _tagged_blocks(resources, saved, reason),
        }
        saved.workdir.override_file.write_text(json.dumps(override, indent=2) + "\n", encoding="utf-8")
    return len(resources)


def _needs_tag(resource: ResourceChange) -> bool:
    # A type with the attribute `tags_all` has the argument `tags`.
    change = resource.change
    is_changed = change.action in (Action.CREATE, Action.UPDATE) or change.action.is_replacement
    names = {name for side in (change.after, change.after_unknown) if isinstance(side, dict) for name in side}
    # A module's resources have no block in the stack that an override could change.
    is_in_module = resource.address.startswith("module.")
    return resource.mode == "managed" and is_changed and "tags_all" in names and not is_in_module


def _tagged_blocks(resources: list[ResourceChange], saved: SavedPlan, reason: str) -> Body:
    value = _INVALID_IN_TAG.sub("-", reason)[:_MAX_TAG_LENGTH]
    blocks: dict[str, dict[str, Json]] = {}
    for resource in resources:
        address = resource.address.partition("[")[0]
        block = saved.stack.blocks.get(address)
        tags = block.body.get("tags") if block else None
        blocks.setdefault(resource.type, {})[address.partition(".")[2]] = {"tags": _merge_tag(tags, value)}
    return dict(blocks)


def _merge_tag(tags: Json, value: str) -> Json:
    """Return the tags with one more: an override replaces the whole argument."""
    if isinstance(tags, str) and tags.startswith("${") and tags.endswith("}"):
        return f'${{merge({tags[2:-1]}, {{"{TAG}" = "{value}"}})}}'
    return {**(tags if isinstance(tags, dict) else {}), TAG: value}
