"""Finds the access that a plan broadens or reduces, over all its resources together.

A rule that moves to another resource, or has another equivalent form, is no change.
Permissions that are unknown or can't be decided count as broader.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from operator import attrgetter
from typing import Literal, TypeAlias, get_args

from arqctl.core.json_access import KNOWN_AFTER_APPLY, Json
from arqctl.plan.access.names import NameLookup
from arqctl.plan.access.partial_values import PartialValues
from arqctl.plan.access.permission import ChangeSide, Condition, Permission
from arqctl.plan.access.readers import READERS
from arqctl.plan.access.subsumption import bucket_key, is_wide, subsumes
from arqctl.plan.access.unparsed_grants import unread_grants
from arqctl.plan.diff.value_pair import is_marked
from arqctl.plan.model import Action, Plan, ResourceChange
from arqctl.plan.redact.redact import SECRET, redact

_OPEN = ("*", "0.0.0.0/0", "::/0")
_SECRET_KEYS = ("sts:externalid", "aws:referer")
"""Condition keys whose value is a shared secret."""
_IDLE = (Action.NO_OP, Action.READ, Action.FORGET)

_Column: TypeAlias = Literal["what", "on", "who"]


class Direction(StrEnum):
    """Direction of an access change."""

    BROADENED = "broadened"
    REDUCED = "reduced"


@dataclass(frozen=True, slots=True)
class AccessChange:
    """Row of the access table: each of `who` gains or loses each action in `what` on each of `on`.

    `is_denial` means that a removed or added denial is the cause. `is_unknown` means that a part is known
    after apply only, or that the review can't decide it. Texts are redacted but not escaped.
    """

    direction: Direction
    kind: str
    who: tuple[str, ...]
    what: tuple[str, ...]
    on: tuple[str, ...]
    condition: str
    address: str
    path: str
    is_denial: bool = False
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class _Origin:
    address: str
    path: str
    is_secret: bool
    is_created: bool


_Found = dict[Permission, _Origin]


def access_changes(plan: Plan) -> tuple[AccessChange, ...]:
    """Return the table, with access for everyone first. The plan's order has no effect."""
    rows = sorted(
        (row for row in (*plan.resources, *plan.deferred) if row.mode == "managed"),
        key=lambda row: (row.address, row.deposed),
    )
    names = NameLookup(rows)
    before: _Found = {}
    after: _Found = {}
    for row in rows:
        if row.change.action in _IDLE:
            continue
        _read(row, names, before, is_after=False)
        _read(row, names, after, is_after=True)
        if row.change.action is Action.CREATE_THEN_FORGET:  # the old object stays in AWS
            _read(row, names, after, is_after=False)
    more, less = _uncovered(after, before), _uncovered(before, after)
    addresses = frozenset(row.address for row in rows)
    found = (
        _access_change(permission, place, addresses, is_more=is_more)
        for changed, is_more in ((more, True), (less, False))
        for permission, place in changed.items()
        if not _is_noop(permission, place)
    )
    return tuple(sorted(_merge_rows(found), key=_sort_key))


def _read(row: ResourceChange, names: NameLookup, found: _Found, *, is_after: bool) -> None:
    """Collect the permissions of one side. The first of equal ones is kept."""
    readers = READERS.get(row.type, ())
    change = row.change
    values = change.after if is_after else change.before
    unknown = change.after_unknown if is_after else False
    if values is None and not unknown:
        return
    mask = change.after_sensitive if is_after else change.before_sensitive
    known = PartialValues(values, unknown)
    is_created_or_deleted = (change.before if is_after else change.after) is None
    side = ChangeSide(
        row.address,
        row.type,
        known,
        names,
        is_after,
        is_created_or_deleted,
        "create" in change.action.split("-"),
    )
    permissions = [permission for reader in readers for permission in reader(side)]
    permissions += unread_grants(side, is_listed=bool(readers))
    place = _Origin(row.address, row.path, _is_secret(mask, known.read), side.is_created)
    for permission in permissions:
        found.setdefault(permission, place)


def _is_secret(mask: Json, read: Iterable[str]) -> bool:
    """Return whether any argument that was read is sensitive."""
    return mask is True or (isinstance(mask, dict) and any(is_marked(mask.get(name)) for name in read))


def _uncovered(permissions: _Found, others: _Found) -> _Found:
    """Return the permissions that no other one includes."""
    wide: dict[tuple[object, ...], list[Permission]] = defaultdict(list)
    alike: dict[tuple[object, ...], list[Permission]] = defaultdict(list)
    for other in others:
        if not other.has_unknown_part:
            bucket = _bucket(other)
            if is_wide(other):
                wide[bucket].append(other)
            else:
                alike[bucket, bucket_key(other)].append(other)

    def is_covered(permission: Permission) -> bool:
        if permission.has_unknown_part:
            return False
        if permission in others:
            return True
        bucket = _bucket(permission)
        candidates = (*alike.get((bucket, bucket_key(permission)), ()), *wide.get(bucket, ()))
        return any(subsumes(other, permission) for other in candidates)

    return {each: place for each, place in permissions.items() if not is_covered(each)}


def _bucket(permission: Permission) -> tuple[object, ...]:
    return permission.kind, permission.scope, permission.is_denial


def _is_noop(permission: Permission, place: _Origin) -> bool:
    """Return whether it denies something to a new resource, which never had the permission."""
    subjects = (permission.who, permission.on)
    is_new = place.address in subjects or any(KNOWN_AFTER_APPLY in subject for subject in subjects)
    return permission.is_denial and place.is_created and is_new


def _access_change(
    permission: Permission, place: _Origin, addresses: Set[str], *, is_more: bool
) -> AccessChange:
    """Return the row. A removed denial broadens access, and a new denial reduces it."""
    texts = (permission.who, permission.what, permission.on)
    who, what, on = (SECRET if place.is_secret else _redact_text(text, addresses) for text in texts)
    return AccessChange(
        direction=Direction.BROADENED if is_more != permission.is_denial else Direction.REDUCED,
        kind=permission.kind,
        who=(who,),
        what=(what,),
        on=(on,),
        condition=SECRET
        if place.is_secret and permission.condition
        else _condition_text(permission.condition),
        address=place.address,
        path=place.path,
        is_denial=permission.is_denial,
        is_unknown=permission.is_unknown,
    )


def _redact_text(text: str, addresses: Set[str]) -> str:
    """Return the text without secrets. An address of the plan is not a secret, even if it looks random."""
    words = text.split(" ")
    if addresses.isdisjoint(words):
        return redact(text)
    return " ".join(word if word in addresses else redact(word) for word in words)


def _condition_text(condition: Condition) -> str:
    """Return `aws:sourceaccount StringEquals 111122223333; …`."""
    clauses = []
    for operator, key, values in condition:
        shown = SECRET if key in _SECRET_KEYS else ", ".join(sorted(redact(value, key) for value in values))
        clauses.append(" ".join(filter(None, (redact(key), redact(operator), shown))))
    return "; ".join(sorted(clauses))


def _merge_rows(rows: Iterable[AccessChange]) -> Iterable[AccessChange]:
    """Merge rows that differ in one column only: by action, then by resource, then by principal."""
    return _merge_column(_merge_column(_merge_column(rows, "what"), "on"), "who")


def _merge_column(rows: Iterable[AccessChange], column: _Column) -> Iterator[AccessChange]:
    of_column, of_others = attrgetter(column), _OTHERS[column]
    gathered: dict[tuple[object, ...], list[AccessChange]] = defaultdict(list)
    for row in rows:
        gathered[of_others(row)].append(row)
    for first, *others in gathered.values():
        texts = {text for row in (first, *others) for text in of_column(row)}
        yield _with(first, column, tuple(sorted(texts))) if others else first


def _with(row: AccessChange, column: _Column, texts: tuple[str, ...]) -> AccessChange:
    match column:
        case "what":
            return replace(row, what=texts)
        case "on":
            return replace(row, on=texts)
        case "who":
            return replace(row, who=texts)


_OTHERS: dict[_Column, Callable[[AccessChange], tuple[object, ...]]] = {
    column: attrgetter(*(field.name for field in fields(AccessChange) if field.name != column))
    for column in get_args(_Column)
}


def _sort_key(row: AccessChange) -> tuple[object, ...]:
    is_open = not row.condition and any(text in _OPEN for text in (*row.who, *row.what))
    return (
        row.direction is not Direction.BROADENED,
        row.is_unknown,
        not is_open,
        row.kind,
        row.address,
        row.who,
        row.what,
        row.on,
        row.condition,
        row.is_denial,
    )
