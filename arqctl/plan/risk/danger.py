"""Finds changes of a plan that lose data, identity or protection."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from arqctl.core.json_access import Json
from arqctl.core.stateful_types import DataLossKind, StatefulType, is_harmless, stateful_type
from arqctl.plan.diff import differences
from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.diff.value_pair import display_name
from arqctl.plan.model import Action, Change, Plan, ResourceChange, describe_reason, is_loss
from arqctl.plan.risk.protections import (
    WeakenedProtection,
    protection_of_type,
    protections_at_deletion,
    weakened_protections,
)

PROTECTION = "protection"
"""The loss of a change that deletes nothing, or only a protection."""

_UNKNOWN_TYPE = StatefulType(DataLossKind.UNKNOWN, "may hold data: type not known to arqctl")
# A disabled protection risks data later, so it ranks above what can be recreated.
RANK = (
    DataLossKind.KEYS,
    DataLossKind.DATA,
    DataLossKind.EVIDENCE,
    DataLossKind.IDENTITY,
    DataLossKind.UNKNOWN,
    PROTECTION,
    DataLossKind.ADDRESS,
    DataLossKind.NETWORK,
    DataLossKind.RECREATABLE,
)
"""Kinds of loss, the most severe first."""
# Parts of action names: a later Terraform may combine them differently.
_DELETES, _FORGETS = "delete", "forget"
# Rules that delete data of another object. Its name is known before apply only if it exists.
_RULES = {"aws_s3_bucket_lifecycle_configuration": "bucket"}
_GUARDED_BY = (
    "bucket",
    "backup_vault_name",
    "file_system_id",
    "vpc_id",
    "resource_arn",
    "source_file_system_id",
)


@dataclass(frozen=True, slots=True)
class Danger:
    """A row of a plan that loses something. Texts are redacted, and plain: rendering escapes them.

    `loss` is the kind of loss, and `what` describes it in a few words. `why` is Terraform's reason or "".
    `forced_by` are the arguments that force a replacement, `protections` the weakened or missing protections.
    """

    address: str
    type: str
    path: str
    action: Action
    loss: str
    what: str
    why: str
    forced_by: tuple[Difference, ...] = ()
    protections: tuple[WeakenedProtection, ...] = ()
    deposed: str = ""

    @property
    def further_protections(self) -> tuple[str, ...]:
        """Messages about protections that `what` doesn't contain."""
        return tuple(each.message for each in self.protections if each.message not in self.what)


def dangers(plan: Plan) -> tuple[Danger, ...]:
    """Return the data, identities and protections that a plan loses, the most severe first.

    These are deletions, replacements and removals from the state of stateful resources, and weakened
    protections. Deferred changes count too. The order doesn't depend on the plan's.
    """
    rows = [row for row in (*plan.resources, *plan.deferred) if row.mode == "managed"]
    gone = frozenset(_ids(row for row in rows if is_loss(row.change.action) and _stateful_type(row)))
    found = (danger for row in rows if (danger := _danger(row, gone)))
    return tuple(sorted(found, key=_sort_key))


def harmless_losses(plan: Plan) -> Mapping[str, int]:
    """Count the resources of each harmless type that a plan deletes, replaces or forgets."""
    rows = (row for row in plan.resources if row.mode == "managed" and is_loss(row.change.action))
    counted = Counter(
        row.type for row in rows if not _stateful_type(row) and not protection_of_type(row.type)
    )
    return dict(sorted(counted.items()))


def _danger(row: ResourceChange, gone: frozenset[str]) -> Danger | None:
    stateful, change = _stateful_type(row), row.change
    weakened = tuple(_weakened_protections(row)) if _has_existing_object(row) else ()
    if not is_loss(change.action):
        message = "; ".join(each.message for each in weakened)
        return _new_danger(row, PROTECTION, message, "", weakened) if weakened else None
    if stateful:
        return _new_danger(row, stateful.loss, stateful.what, _reason(row), weakened)
    guarded = protection_of_type(row.type)
    if guarded and not _loses_subject_too(row, gone):
        return _new_danger(row, PROTECTION, guarded, _reason(row), weakened)
    return None


def _has_existing_object(row: ResourceChange) -> bool:
    """Return whether the change affects an existing object: for a new rule, the object that it applies to."""
    if row.change.action in (Action.CREATE, Action.READ):
        after, rule_for = row.change.after, _RULES.get(row.type, "")
        return isinstance(after, dict) and bool(after.get(rule_for))
    return True


def _stateful_type(row: ResourceChange) -> StatefulType | None:
    """Return the loss of a resource, or None if a list declares its type harmless."""
    before = row.change.before
    manifest = before.get("manifest") if isinstance(before, dict) else None
    kind = manifest.get("kind") if isinstance(manifest, dict) else None
    known = stateful_type(f"{row.type}:{kind}") or stateful_type(row.type)
    return known or (None if protection_of_type(row.type) or is_harmless(row.type) else _UNKNOWN_TYPE)


def _new_danger(
    row: ResourceChange, loss: str, what: str, why: str, protections: tuple[WeakenedProtection, ...]
) -> Danger:
    return Danger(
        address=row.address,
        type=row.type,
        path=row.path,
        action=row.change.action,
        loss=loss,
        what=what,
        why=why,
        forced_by=tuple(_forced_by(row.change)),
        protections=protections,
        deposed=row.deposed,
    )


def _reason(row: ResourceChange) -> str:
    if row.deposed:
        return "it is left over from a replacement that did not finish"
    if _DELETES not in row.change.action and not row.reason:
        return "Terraform forgets it: it stays in AWS unmanaged"
    return describe_reason(row.reason)


def _weakened_protections(row: ResourceChange) -> Iterator[WeakenedProtection]:
    """Yield weakened protections: at the deletion, and of the object that stays or is created."""
    change = row.change
    if _DELETES in change.action.split("-"):
        yield from protections_at_deletion(row)
    if change.after is not None or change.after_unknown:
        yield from weakened_protections(change, row.type)


def _forced_by(change: Change) -> Iterator[Difference]:
    """Yield the arguments that force a replacement, with both values where they differ."""
    forcing = [each for each in differences(change) if each.forces]
    yield from forcing
    arguments = {re.split(r"[.\[]", each.path, maxsplit=1)[0] for each in forcing}
    sides = [change.before, change.after, change.after_unknown]
    paths = {_path_text(path, sides) for path in change.replace_paths if _name(path) not in arguments}
    yield from (Difference(path, Kind.CHANGED, forces=True) for path in sorted(paths))


def _name(path: tuple[Json, ...]) -> str:
    """Return the argument at the beginning of a path."""
    return display_name(path[0]) if path and isinstance(path[0], str) else ""


def _path_text(path: tuple[Json, ...], sides: list[Json]) -> str:
    """Return `ebs_block_device[0].volume_size`. A set's element, whose step is its value, becomes `[…]`."""
    text = _name(path)
    for place, step in enumerate(path):
        if place:
            text += _step(step) if any(_has(side, step) for side in sides) else "[…]"
        sides = [_at(side, step) for side in sides if _has(side, step)]
    return text


def _step(step: Json) -> str:
    return f"[{step}]" if isinstance(step, int) else f".{display_name(str(step))}"


def _has(side: Json, step: Json) -> bool:
    if isinstance(side, list):
        return isinstance(step, int) and 0 <= step < len(side)
    return isinstance(side, dict) and isinstance(step, str) and step in side


def _at(side: Json, step: Json) -> Json:
    if isinstance(side, list):
        return side[step] if isinstance(step, int) else None
    return side.get(step) if isinstance(side, dict) and isinstance(step, str) else None


def _ids(rows: Iterable[ResourceChange]) -> Iterator[str]:
    for row in rows:
        before = row.change.before
        if isinstance(before, dict):
            yield from (value for key in ("id", "arn") if isinstance(value := before.get(key), str))


def _loses_subject_too(row: ResourceChange, gone: frozenset[str]) -> bool:
    """Return whether the object that it protects is lost too, which is reported already."""
    before = row.change.before
    return isinstance(before, dict) and any(before.get(key) in gone for key in _GUARDED_BY)


def _sort_key(danger: Danger) -> tuple[int, bool, int, str, str]:
    forgets_only = _DELETES not in danger.action.split("-") and _FORGETS in danger.action
    stateful = stateful_type(danger.type)
    weight = RANK.index(stateful.loss) if stateful else len(RANK)
    return RANK.index(danger.loss), forgets_only, weight, danger.address, danger.deposed
