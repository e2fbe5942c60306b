"""JSON documents that say the same in many ways: policies, in one of them."""

from arqctl.core.assembly import Body, Json
from arqctl.plan.diff.value_pair import list_of, object_of

_STATEMENTS = "Statement"
_SETS = ("Action", "NotAction", "Resource", "NotResource")
_MAPS_OF_SETS = ("Principal", "NotPrincipal")
_CONDITION = "Condition"


def is_policy(parse_document: Json) -> bool:
    """Whether a document is a policy: the order of its lists means nothing."""
    return isinstance(parse_document, dict) and _STATEMENTS in parse_document


def normalize_policy(parse_document: Json) -> Json:
    """The policy with a list wherever one or many may stand. Anything else as it is."""
    if not isinstance(parse_document, dict) or not is_policy(parse_document):
        return parse_document
    return {**parse_document, _STATEMENTS: [_statement(each) for each in _many(parse_document[_STATEMENTS])]}


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
        return {operator: _sets(object_of(keys)) if keys else keys for operator, keys in value.items()}
    return value


def _sets(named: Body) -> Body:
    return {name: _many(value) for name, value in named.items()}


def _many(value: Json) -> list[Json]:
    """The elements, each once."""
    unique: list[Json] = []
    for each in list_of(value) if isinstance(value, list) else [value]:
        if each not in unique:
            unique.append(each)
    return unique
