"""Normalizes IAM policies, which have several equivalent forms."""

from arqctl.core.json_access import Body, Json, as_list, as_object

_STATEMENTS = "Statement"
_SETS = ("Action", "NotAction", "Resource", "NotResource")
_MAPS_OF_SETS = ("Principal", "NotPrincipal")
_CONDITION = "Condition"


def is_policy(document: Json) -> bool:
    """Return whether a document is an IAM policy, in which the order of lists has no meaning."""
    return isinstance(document, dict) and _STATEMENTS in document


def normalize_policy(document: Json) -> Json:
    """Return the policy with a list wherever a single value is allowed; other documents unchanged."""
    if not isinstance(document, dict) or not is_policy(document):
        return document
    return {**document, _STATEMENTS: [_statement(each) for each in _many(document[_STATEMENTS])]}


def _statement(statement: Json) -> Json:
    if not isinstance(statement, dict):
        return statement
    return {name: _part(name, value) for name, value in statement.items()}


def _part(name: str, value: Json) -> Json:
    if name in _SETS:
        return _many(value)
    if name in _MAPS_OF_SETS and isinstance(value, dict):
        return _sets(value)
    if name == _CONDITION and isinstance(value, dict):
        return {operator: _sets(as_object(keys)) if keys else keys for operator, keys in value.items()}
    return value


def _sets(named: Body) -> Body:
    return {name: _many(value) for name, value in named.items()}


def _many(value: Json) -> list[Json]:
    """Return the distinct elements."""
    unique: list[Json] = []
    for each in as_list(value) if isinstance(value, list) else [value]:
        if each not in unique:
            unique.append(each)
    return unique
