"""`aws_iam_policy_document`: exactly the JSON that the AWS provider writes.

Keys are in the order of the provider's struct. Actions, resources and principals are sorted in reverse; lists
of one element become a string. Condition values keep their order. `<`, `>` and `&` are escaped as by Go's
encoder.
"""

import json
import zlib
from collections.abc import Iterator, Mapping

from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_VERSION, _OLD_VERSION = "2012-10-17", "2008-10-17"
_ELEMENT_ORDER = (
    "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal",
    "Condition",
)  # fmt: skip
_LIST_ELEMENTS = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
_PRINCIPAL_ELEMENTS = {"principals": "Principal", "not_principals": "NotPrincipal"}
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_Statement = dict[str, Value]


class _InvalidDocumentError(Exception):
    """The document can't be made from this configuration."""


def policy_document(config: Mapping[str, Value]) -> tuple[dict[str, Value], list[Diagnostic]]:
    """Return `json`, `minified_json`, `id` and `version`, or what is wrong with the configuration."""
    try:
        document = _build_document(config)
    except _InvalidDocumentError as error:
        return {}, [Diagnostic("Invalid policy document", f"{error}.")]
    text = _encode(document, indent=2)
    values: dict[str, Value] = {
        "json": text,
        "minified_json": _encode(document, indent=None),
        "id": str(zlib.crc32(text.encode())),
        "version": config.get("version") or _VERSION,
    }
    return values, []


def _build_document(config: Mapping[str, Value]) -> dict[str, Value]:
    merged: dict[str, Value] = {"Version": "", "Id": "", "Statement": []}
    seen: set[str] = set()
    for number, source in enumerate(_parse_documents(config, "source_policy_documents")):
        _reject_duplicate_sids(_statements(source), seen, f"source_policy_documents[{number}]")
        _merge(merged, source)
    version = str(config.get("version") or _VERSION)
    statements = [_build_statement(each, version) for each in _blocks(config, "statement")]
    _reject_duplicate_sids(statements, set(), "statement")
    _merge(merged, {"Version": version, "Id": config.get("policy_id") or "", "Statement": list(statements)})
    for override in _parse_documents(config, "override_policy_documents"):
        _merge(merged, override)
    return {name: value for name, value in merged.items() if value}


def _merge(merged: dict[str, Value], document: Mapping[str, Value]) -> None:
    """Merge a document into another. A statement replaces the one with the same Sid."""
    merged["Id"] = document.get("Id") or merged["Id"]
    merged["Version"] = max(str(document.get("Version") or ""), str(merged["Version"]))
    statements = _statements(merged)
    for new in _statements(document):
        matches = [
            at for at, each in enumerate(statements) if new.get("Sid") and each.get("Sid") == new["Sid"]
        ]
        if matches:
            statements[matches[0]] = new
        else:
            statements.append(new)
    merged["Statement"] = list(statements)


def _build_statement(block: Mapping[str, Value], version: str) -> _Statement:
    statement: _Statement = {"Sid": block.get("sid") or "", "Effect": block.get("effect") or "Allow"}
    for name, key in _LIST_ELEMENTS.items():
        texts = _strings(block.get(name))
        statement[key] = _sorted_strings(
            _replace_variables(texts, version) if key.endswith("Resource") else texts
        )
    for name, key in _PRINCIPAL_ELEMENTS.items():
        statement[key] = _build_principals(_blocks(block, name), version)
    statement["Condition"] = _build_conditions(_blocks(block, "condition"), version)
    return _in_order(statement)


def _build_principals(blocks: list[Mapping[str, Value]], version: str) -> Value:
    by_type: dict[str, list[str]] = {}
    for block in sorted(blocks, key=lambda each: json.dumps(each, sort_keys=True, default=str)):
        identifiers = sorted(_replace_variables(_strings(block.get("identifiers")), version), reverse=True)
        by_type.setdefault(str(block.get("type") or ""), []).extend(identifiers)
    if by_type == {"*": ["*"]}:
        return "*"
    return {kind: _unwrap_single(identifiers) for kind, identifiers in sorted(by_type.items())}


def _build_conditions(blocks: list[Mapping[str, Value]], version: str) -> Value:
    tests: dict[str, dict[str, list[str]]] = {}
    for block in blocks:
        variables = tests.setdefault(str(block.get("test")), {})
        values = variables.setdefault(str(block.get("variable")), [])
        values.extend(_replace_variables(_strings(block.get("values")), version))
    return {
        test: {variable: _unwrap_single(values) for variable, values in sorted(variables.items())}
        for test, variables in sorted(tests.items())
    }


def _parse_documents(config: Mapping[str, Value], name: str) -> Iterator[dict[str, Value]]:
    for number, text in enumerate(_strings(config.get(name))):
        if not text:
            continue
        try:
            document: Value = json.loads(text)
        except ValueError as error:
            raise _InvalidDocumentError(f"{name}[{number}] is not JSON: {error}") from error
        if not isinstance(document, dict) or not isinstance(document.get("Statement", []), list):
            raise _InvalidDocumentError(
                f"{name}[{number}] is not a policy document with a list of statements"
            )
        yield {**document, "Statement": [_normalize_statement(each) for each in _statements(document)]}


def _normalize_statement(statement: _Statement) -> _Statement:
    """Normalize a statement of another document as the provider does."""
    normalized = dict(statement)
    for key in _PRINCIPAL_ELEMENTS.values():
        principal = normalized.get(key)
        if isinstance(principal, dict):
            # The provider keeps lists of principals here, even with one element.
            normalized[key] = _normalize_principal(principal)
        elif isinstance(principal, str):
            normalized[key] = "*"
    tests = normalized.get("Condition")
    if isinstance(tests, dict):
        normalized["Condition"] = {
            test: {name: _unwrap_single(_as_strings(each)) for name, each in sorted(variables.items())}
            for test, variables in sorted(tests.items())
            if isinstance(variables, dict)
        }
    return _in_order(normalized)


def _normalize_principal(principal: dict[str, Value]) -> Value:
    if principal in ({"*": "*"}, {"*": ["*"]}):
        return "*"
    normalized: dict[str, Value] = {}
    for kind, each in sorted(principal.items()):
        normalized[kind] = [*sorted(map(str, each), reverse=True)] if isinstance(each, list) else each
    return normalized


def _reject_duplicate_sids(statements: list[_Statement], seen: set[str], where: str) -> None:
    for statement in statements:
        sid = str(statement.get("Sid") or "")
        if sid and sid in seen:
            raise _InvalidDocumentError(
                f"{where} repeats the Sid {sid}. Give each statement its own Sid, or none"
            )
        seen.add(sid)


def _replace_variables(texts: list[str], version: str) -> list[str]:
    # Terraform interprets ${…}, so IAM variables are written &{…}.
    if version == _OLD_VERSION and any("&{" in text for text in texts):
        raise _InvalidDocumentError(f"IAM variables (&{{…}}) need version {_VERSION}")
    return [text.replace("&{", "${") for text in texts]


def _in_order(statement: _Statement) -> _Statement:
    return {key: statement[key] for key in _ELEMENT_ORDER if statement.get(key) not in (None, "", [], {})}


def _sorted_strings(texts: list[str]) -> Value:
    return _unwrap_single(sorted(texts, reverse=True))


def _unwrap_single(texts: list[str]) -> Value:
    return texts[0] if len(texts) == 1 else [*texts]


def _as_strings(value: Value) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


def _statements(document: Mapping[str, Value]) -> list[_Statement]:
    given = document.get("Statement")
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def _blocks(values: Mapping[str, Value], name: str) -> list[Mapping[str, Value]]:
    given = values.get(name)
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def _strings(value: Value) -> list[str]:
    return ["" if each is None else str(each) for each in value] if isinstance(value, list) else []


def _encode(document: Mapping[str, Value], indent: int | None) -> str:
    separators = (",", ": ") if indent else (",", ":")
    text = json.dumps(document, indent=indent, separators=separators, ensure_ascii=False)
    return "".join(_ESCAPES.get(character, character) for character in text)
