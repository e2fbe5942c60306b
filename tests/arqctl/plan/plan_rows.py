"""Builders of plans and their rows."""

from arqctl.core.json_access import Json
from arqctl.plan.model import Action, Change, Plan, ResourceChange


def plan(*rows: ResourceChange, deferred: tuple[ResourceChange, ...] = ()) -> Plan:
    return Plan("production", "production", "1.11.4", rows, deferred=deferred)


def row(
    type_: str, action: Action, before: Json = None, after: Json = None, *, name: str = "main", **more: Json
) -> ResourceChange:
    change = Change(action, before, after, more.get("unknown", False), more.get("secret", False))
    return ResourceChange(f"{type_}.{name}", type_, f"production/{name}", change)


def create(type_: str, after: Json, *, name: str = "main", unknown: Json = False) -> ResourceChange:
    return row(type_, Action.CREATE, None, after, name=name, unknown=unknown)


def update(
    type_: str, before: Json, after: Json, *, name: str = "main", unknown: Json = False
) -> ResourceChange:
    return row(type_, Action.UPDATE, before, after, name=name, unknown=unknown)


def delete(type_: str, before: Json, *, name: str = "main") -> ResourceChange:
    return row(type_, Action.DELETE, before, None, name=name)
