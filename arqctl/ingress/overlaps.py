"""Reports paths of a host whose order differs, or that several Ingress objects have."""

import re
from collections.abc import Iterator, Sequence

from arqctl.ingress.draft import Draft
from arqctl.ingress.entry import Kind, Status
from arqctl.ingress.paths import EXPRESSION, PREFIX

_HEAD = re.compile(r"[^\\^$.|?*+()\[\]{}]*")


def report_overlaps(drafts: Sequence[Draft]) -> None:
    """Add a line to the draft of each path that another path may replace."""
    _report_shared(drafts)
    expressions = list(_paths(drafts, EXPRESSION))
    for draft in drafts:
        for host, path, value in _paths([draft], PREFIX):
            for other_host, expression, _ in expressions:
                if host == other_host and len(expression) < len(path) and _may_match(expression, value):
                    note = f"The gateway matches the expression {expression} first. Exclude {value} from it"
                    draft.add(Kind.PATH, f"{host or '*'}{value}", "", Status.MISSING, note)


def _report_shared(drafts: Sequence[Draft]) -> None:
    """Report paths that several Ingress objects have: ingress-nginx uses the oldest object."""
    owners: dict[tuple[str, str], Draft] = {}
    for draft in drafts:
        for host, path in draft.ingress.paths():
            first = owners.setdefault((host, path.path), draft)
            if first is not draft:
                note = f"Ingress {first.ingress.key} has the same path. Remove one of them"
                draft.add(Kind.PATH, f"{host or '*'}{path.path}", path.path_type, Status.MISSING, note)


def _paths(drafts: Sequence[Draft], type_: str) -> Iterator[tuple[str, str, str]]:
    """Yield host, path of the Ingress and value of the matches of a type."""
    for draft in drafts:
        for host, path, match in draft.matches:
            if match.type == type_:
                yield host, path, match.value


def _may_match(expression: str, prefix: str) -> bool:
    """Return whether an expression may match paths with the prefix: its literal start is part of it."""
    head = _HEAD.match(expression.removeprefix("^"))
    return head is not None and prefix.lower().startswith(head[0].lower())
