"""Reads IAM policies: one permission for each action, principal and resource of each statement."""

import json
from collections.abc import Iterator
from itertools import product

from arqctl.core.json_access import KNOWN_AFTER_APPLY, Body, Json
from arqctl.plan.access.permission import UNREADABLE, ChangeSide, Condition, Kind, Permission
from arqctl.plan.access.subsumption import ALL_BUT

EVERYONE = "*"


def permissions(
    side: ChangeSide, document: str, kind: Kind, scope: str, *, who: str, on: str
) -> Iterator[Permission]:
    """Yield what a document allows and denies. `who` and `on` are for statements that name none.

    A document that isn't known yet, or that can't be read, is one permission that nothing covers.
    """
    place = side.scope(scope)
    if not document:
        return
    if KNOWN_AFTER_APPLY in document:
        yield Permission(kind, f"{place} {side.address}", who or KNOWN_AFTER_APPLY, KNOWN_AFTER_APPLY, on)
        return
    statements = _statements(document)
    if statements is None:
        yield Permission(kind, f"{place} {side.address}", who or KNOWN_AFTER_APPLY, UNREADABLE, on)
        return
    for statement in statements:
        is_denial = statement.get("Effect") == "Deny"
        condition = _condition(statement.get("Condition"))
        parts = (_principals(statement, who), _actions(statement), _named(statement, "Resource", on))
        for principal, action, resource in product(*parts):
            yield Permission(kind, place, principal, action, resource, condition, is_denial)


def is_policy_text(text: str) -> bool:
    """Return whether a text is a JSON document in the form of an IAM policy, valid or not."""
    if '"Statement"' not in text:
        return False
    try:
        document: Json = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and "Statement" in document


def _statements(document: str) -> list[Body] | None:
    """Return the statements, or None if the document can't be read or is ambiguous."""
    try:
        read: Json = json.loads(document, object_pairs_hook=_unique_names)
    except (ValueError, RecursionError):
        return None
    found = read.get("Statement", None if read else []) if isinstance(read, dict) else None
    statements = found if isinstance(found, list) else [found]
    bodies = [each for each in statements if isinstance(each, dict)]
    return bodies if len(bodies) == len(statements) else None


def _unique_names(pairs: list[tuple[str, Json]]) -> Body:
    """Return an object; a duplicate name is an error, since parsers disagree about which one counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("duplicate name")
    return found


def _actions(statement: Body) -> list[str]:
    return _named(statement, "Action", UNREADABLE)


def _named(statement: Body, name: str, default: str) -> list[str]:
    """Return `Resource`, or `NotResource` as all but its values, or else `default`."""
    if name in statement:
        return _texts(statement[name])
    excepted = statement.get(f"Not{name}")
    return [ALL_BUT + ", ".join(_texts(excepted))] if excepted is not None else [default]


def _principals(statement: Body, who: str) -> list[str]:
    if "Principal" in statement:
        return _principal(statement["Principal"])
    if "NotPrincipal" in statement:
        return [ALL_BUT + ", ".join(_principal(statement["NotPrincipal"]))]
    return [who or UNREADABLE]


def _principal(principal: Json) -> list[str]:
    if not isinstance(principal, dict):
        return _texts(principal)
    return sorted({_account(each) for named in principal.values() for each in _texts(named)})


def _account(principal: str) -> str:
    """Return an account id as the ARN of its root."""
    return f"arn:aws:iam::{principal}:root" if principal.isdecimal() else principal


def _condition(condition: Json) -> Condition:
    clauses = condition.items() if isinstance(condition, dict) else ()
    return frozenset(
        (operator, key.lower(), frozenset(_texts(values)))
        for operator, keys in clauses
        for key, values in (keys.items() if isinstance(keys, dict) else ())
    )


def _texts(value: Json) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return sorted({each if isinstance(each, str) else json.dumps(each, sort_keys=True) for each in values})
