"""Parses a plan's JSON, as `terraform show -json` prints it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import NoReturn

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import KNOWN_AFTER_APPLY, Body, Json, as_list, as_object, as_text, nesting_depth
from arqctl.plan.model import Action, Change, Check, Plan, ResourceChange
from arqctl.plan.redact.propagate_sensitivity import propagate_sensitivity
from arqctl.plan.redact.redact import InstanceKeyRedactor, is_secret_name

_MAJOR = "1"
_FIX = "Give what `terraform show -json PLANFILE` prints"
# Terraform leaves empty keys out, so all of these are optional.
_MARKS = frozenset(
    {"resource_changes", "output_changes", "planned_values", "configuration", "resource_drift"}
)
SIMULATED = "offline_aws"
"""Name of the output that every offline run adds."""
_INSTANCE = re.compile(r"\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\]$")
_WORD = re.compile(r"[0-9a-z._-]{1,24}")
_DEEPEST = 60
"""Greatest nesting depth of a change. Schemas have fewer levels."""

_ACTIONS = {
    ("no-op",): Action.NO_OP,
    ("create",): Action.CREATE,
    ("read",): Action.READ,
    ("update",): Action.UPDATE,
    ("delete",): Action.DELETE,
    ("delete", "create"): Action.DELETE_THEN_CREATE,
    ("create", "delete"): Action.CREATE_THEN_DELETE,
    ("forget",): Action.FORGET,
    ("create", "forget"): Action.CREATE_THEN_FORGET,
}


def read_plan(
    text: str,
    *,
    stack: str,
    environment: str,
    paths: Mapping[str, str],
    simulated: bool | None = None,
) -> Plan:
    """Parse the plan of a stack. The order of rows doesn't depend on the text's.

    `paths` are construct paths by address; an address without one gets the path below the stack's name. With
    `simulated` None the output that offline runs add decides. Rows that don't change, move or import anything
    are left out. Unknown keys are ignored. A value that is sensitive in one place is sensitive in all.

    Raises:
        InputError: for a text that isn't JSON or isn't a plan, another major version, or an unknown action: a
            plan that is understood only in part must not be reviewed.
    """
    document = _document(text, stack)
    instances = InstanceKeyRedactor(_addresses(document))
    reader = _Reader(stack, paths, instances)
    checks = (_check(check, instances) for check in as_list(document.get("checks")))
    plan = Plan(
        stack=stack,
        environment=environment,
        terraform=as_text(document.get("terraform_version")),
        resources=reader.rows(as_list(document.get("resource_changes")), "resource_changes"),
        drift=reader.rows(as_list(document.get("resource_drift")), "resource_drift"),
        outputs=tuple(reader.outputs(as_object(document.get("output_changes")))),
        checks=tuple(sorted(checks, key=lambda check: check.address)),
        deferred=reader.rows(_deferred(document), "deferred_changes"),
        relevant=frozenset(
            (instances.redact(address), path)
            for address, path in map(_relevant, as_list(document.get("relevant_attributes")))
        ),
        is_errored=document.get("errored") is True,
        is_complete=document.get("complete") is not False,
        is_simulated=is_simulated(document) if simulated is None else simulated,
    )
    return propagate_sensitivity(plan, reader.unchanged)


def is_simulated(document: Body) -> bool:
    """Return whether a plan has the output that offline runs add, changed or not."""
    planned = as_object(as_object(document.get("planned_values")).get("outputs"))
    return SIMULATED in planned or SIMULATED in as_object(document.get("output_changes"))


class _Reader:
    """Parser of one stack's rows."""

    def __init__(self, stack: str, paths: Mapping[str, str], instances: InstanceKeyRedactor) -> None:
        self._stack = stack
        self._paths = paths
        self._instances = instances
        self.unchanged: list[Change] = []

    def rows(self, rows: list[Json], where: str) -> tuple[ResourceChange, ...]:
        parsed = [self._row(row, f"{where}[{number}]") for number, row in enumerate(rows)]
        self.unchanged += [row.change for row in parsed if not _is_shown(row)]
        return tuple(sorted(filter(_is_shown, parsed), key=lambda row: (row.address, row.deposed, row.mode)))

    def outputs(self, named: Body) -> Iterator[tuple[str, Change]]:
        for name in sorted(named):
            change = self._change(named[name], f"output_changes.{name}")
            if change.action is Action.NO_OP:
                self.unchanged.append(change)
            else:
                is_secret = is_secret_name(name)
                yield (
                    name,
                    replace(change, before_sensitive=True, after_sensitive=True) if is_secret else change,
                )

    def _row(self, row: Json, where: str) -> ResourceChange:
        body = as_object(row)
        address, change = body.get("address"), body.get("change")
        if not isinstance(address, str) or not isinstance(change, dict):
            _refuse(f"{self._stack} {where}", "has no address or no change")
        previous = as_text(body.get("previous_address"))
        return ResourceChange(
            address=self._instances.redact(address),
            type=as_text(body.get("type")),
            path=self._path(address),
            change=self._change(change, f"{where} ({self._instances.redact(address)})"),
            mode=as_text(body.get("mode")) or "managed",
            reason=as_text(body.get("action_reason")),
            deposed=_word(as_text(body.get("deposed"))),
            previous_address=self._instances.redact(previous) if previous != address else "",
            importing=_importing(change.get("importing")),
            provider=as_text(body.get("provider_name")),
        )

    def _path(self, address: str) -> str:
        """Return the construct's path: an instance of `count` or `for_each` has its block's path."""
        block = _INSTANCE.sub("", address)
        return self._paths.get(address) or self._paths.get(block) or self._below_stack(address)

    def _below_stack(self, address: str) -> str:
        return f"{self._stack}/{self._instances.redact(address)}"

    def _change(self, change: Json, where: str) -> Change:
        body = as_object(change)
        if nesting_depth(body) > _DEEPEST:
            _refuse(f"{self._stack} {where}", f"is nested more than {_DEEPEST} levels deep")
        words = tuple(map(as_text, as_list(body.get("actions"))))
        if words not in _ACTIONS:
            fix = "Use an arqctl that knows this Terraform's plans"
            _refuse(f"{self._stack} {where}", f"has the unknown actions {list(map(_word, words))}", fix)
        return Change(
            action=_ACTIONS[words],
            before=body.get("before"),
            after=body.get("after"),
            after_unknown=body.get("after_unknown", False),
            before_sensitive=body.get("before_sensitive", False),
            after_sensitive=body.get("after_sensitive", False),
            replace_paths=tuple(tuple(as_list(path)) for path in as_list(body.get("replace_paths"))),
        )


def _document(text: str, stack: str) -> Body:
    """Parse the JSON and check its version."""
    try:
        document: Json = json.loads(text, parse_constant=_no_constant)
        if r"\ud" in text.lower():
            # A lone surrogate can be escaped, but not written; Terraform writes none.
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        lines = text.lstrip().startswith('{"@level"')
        what = "is the output of `terraform plan -json`, not a plan" if lines else f"is not JSON: {error}"
        raise InputError([Problem(f"{stack}'s plan", what, _FIX)]) from error
    version = document.get("format_version") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(version, str) or not _MARKS & document.keys():
        _refuse(f"{stack}'s plan", "is JSON, but not a plan's")
    if version.split(".", 1)[0] != _MAJOR:
        fix = f"Use a Terraform that writes format {_MAJOR}.x, or an arqctl that knows this one"
        _refuse(f"{stack}'s plan", f"has the format {_word(version)}, and only {_MAJOR}.x is known", fix)
    return document


def _refuse(where: str, what: str, fix: str = _FIX) -> NoReturn:
    raise InputError([Problem(where, what, fix)])


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")


def _is_shown(row: ResourceChange) -> bool:
    return row.change.action is not Action.NO_OP or bool(row.previous_address or row.importing)


def _importing(importing: Json) -> str:
    """Return the id of an import, or its identity if the resource has no id."""
    if not isinstance(importing, dict):
        return ""
    identity = importing.get("identity")
    identity_text = json.dumps(identity, sort_keys=True) if identity else ""
    return as_text(importing.get("id")) or identity_text or KNOWN_AFTER_APPLY


def _addresses(document: Body) -> Iterator[str]:
    """Yield all addresses: of rows, of their previous places, and of checks."""
    named = (as_list(document.get(key)) for key in ("resource_changes", "resource_drift"))
    for row in map(as_object, (*chain.from_iterable(named), *_deferred(document))):
        yield from (as_text(row.get("address")), as_text(row.get("previous_address")))
    for check in map(as_object, as_list(document.get("checks"))):
        yield as_text(as_object(check.get("address")).get("to_display"))


def _deferred(document: Body) -> list[Json]:
    return [as_object(each).get("resource_change") for each in as_list(document.get("deferred_changes"))]


def _check(check: Json, instances: InstanceKeyRedactor) -> Check:
    body = as_object(check)
    problems = sorted(
        as_text(as_object(problem).get("message"))
        for instance in as_list(body.get("instances"))
        for problem in as_list(as_object(instance).get("problems"))
    )
    address = instances.redact(as_text(as_object(body.get("address")).get("to_display")))
    return Check(address, _word(as_text(body.get("status"))), tuple(problems))


def _relevant(relevant: Json) -> tuple[str, str]:
    """Return an address and a path below it, its steps joined by dots; "" means the whole resource."""
    body = as_object(relevant)
    return as_text(body.get("resource")), ".".join(map(str, as_list(body.get("attribute"))))


def _word(text: str) -> str:
    """Return one of Terraform's keywords or numbers; any other text is replaced."""
    return text if _WORD.fullmatch(text) else "(something else)" if text else ""
