"""Matches the elements of two lists: by identity, or else by content."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arqctl.core.json_access import Body, Json, as_list, as_object
from arqctl.plan.diff.value_pair import ValuePair, display_name, is_marked
from arqctl.plan.diff.values import canonical, plain_text
from arqctl.plan.redact.redact import SECRET

# Names that identify blocks, the most reliable first: the first that all elements have and no two share.
_IDENTITIES = (
    *(("Sid",), ("sid",), ("name",), ("id",), ("key",), ("origin_id",), ("path_pattern",), ("device_name",)),
    *(("rule_number",), ("rule_no",), ("priority",), ("header_name",), ("header",), ("variable",)),
    *(("protocol", "from_port", "to_port"), ("ip_protocol", "from_port", "to_port"), ("containerPort",)),
    *(("port",), ("namespace", "resource_name"), ("domain_name",), ("cidr_block",), ("type",)),
)
_MOST_COMPARED = 30
"""Most elements that are compared pairwise; longer lists are paired in order."""


@dataclass(frozen=True, slots=True)
class Match:
    """Positions of one element in both lists, None where it is missing, and its label."""

    before_at: int | None
    after_at: int | None
    label: str = ""


def match_elements(pair: ValuePair) -> list[Match]:
    """Return every element of both lists, in the second one's order; removed ones come last."""
    before, after = as_list(pair.before), as_list(pair.after)
    unknown = as_list(pair.unknown)
    after = [*after, *[None] * (pair.length - len(after))]
    unknown = [*unknown, *[False] * (pair.length - len(unknown))]
    identity = _identity(before, after, unknown)
    partners = _by_identity(before, after, identity) if identity else _by_content(before, after, unknown)
    matches = [
        Match(partners.get(at), at, _label(pair, partners.get(at), at, identity)) for at in range(len(after))
    ]
    kept = set(partners.values())
    gone = (at for at in range(len(before)) if at not in kept)
    return matches + [Match(at, None, _label(pair, at, None, identity)) for at in gone]


def is_reordered(matches: Sequence[Match]) -> bool:
    """Return whether common elements have another order."""
    kept = [
        match.before_at for match in matches if match.before_at is not None and match.after_at is not None
    ]
    return kept != sorted(kept)


def _identity(before: Sequence[Json], after: Sequence[Json], unknown: Sequence[Json]) -> tuple[str, ...]:
    """Return the names that identify the elements of both lists, or none. Unknown elements may lack them."""
    sides = zip(after, unknown, strict=True)
    first = as_object((*before, *after)[0])
    known = [(as_object(each), as_object(mask)) for each, mask in sides if mask is not True]
    for names in (names for names in _IDENTITIES if names[0] in first):
        old = [_identified(as_object(each), names) for each in before]
        new = [
            _identified(each, names)
            for each, mask in known
            if not any(mask.get(name) is True for name in names)
        ]
        if all((*old, *new)) and len(set(old)) == len(old) and len(set(new)) == len(new):
            return names
    return ()


def _identified(element: Body, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values with these names, or nothing if one is missing."""
    values = [element.get(name) for name in names]
    is_whole = all(value not in (None, "") and not isinstance(value, dict | list) for value in values)
    return tuple(map(canonical, values)) if is_whole else ()


def _by_identity(before: Sequence[Json], after: Sequence[Json], names: tuple[str, ...]) -> dict[int, int]:
    """Return positions in the second list with their matches in the first."""
    places = {_identified(as_object(each), names): at for at, each in enumerate(before)}
    found = ((at, places.get(_identified(as_object(each), names))) for at, each in enumerate(after))
    return {at: place for at, place in found if place is not None}


def _by_content(before: Sequence[Json], after: Sequence[Json], unknown: Sequence[Json]) -> dict[int, int]:
    """Match equal elements first, then similar ones."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(before):
        places[canonical(each)].append(at)
    for equal in places.values():
        equal.reverse()
    partners = {}
    for at, each in enumerate(after):
        left = places.get(canonical(each))
        if left and not is_marked(unknown[at]):
            partners[at] = left.pop()
    taken = set(partners.values())
    old = [at for at in range(len(before)) if at not in taken]
    new = [at for at in range(len(after)) if at not in partners]
    if max(len(old), len(new)) > _MOST_COMPARED:
        return partners | dict(zip(new, old, strict=False))
    return partners | dict(_similar_pairs(before, after, old, new))


def _similar_pairs(
    before: Sequence[Json], after: Sequence[Json], old: Sequence[int], new: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of similar elements, the most similar first, and the last two left over."""
    similarity = [(_similarity(before[one], after[other]), one, other) for one in old for other in new]
    left_old, left_new = set(old), set(new)
    for common, one, other in sorted(similarity, key=lambda each: (-each[0], each[1], each[2])):
        is_alike = common > 0 or len(old) == len(new) == 1
        if is_alike and one in left_old and other in left_new:
            left_old.remove(one)
            left_new.remove(other)
            yield other, one


def _similarity(one: Json, other: Json) -> int:
    """Return how many parts of two blocks or lists are equal."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = one.keys() & other.keys()
        return sum(one[name] == other[name] for name in names if one[name] not in (None, "", [], {}, False))
    if isinstance(one, list) and isinstance(other, list):
        return sum((Counter(map(canonical, one)) & Counter(map(canonical, other))).values())
    return 0


def _label(pair: ValuePair, before_at: int | None, after_at: int | None, identity: tuple[str, ...]) -> str:
    """Return an element's label: its identity, or its position; none for a single element."""
    if max(len(as_list(pair.before)), len(as_list(pair.after))) <= 1:
        return ""
    if not identity:
        return str(after_at) if before_at == after_at and after_at is not None else ""
    place = pair.element(before_at, after_at, "")
    block = as_object(place.after if after_at is not None else place.before)
    children = (place.child(name) for name in identity if name in block)
    labels = (
        SECRET if child.is_masked else display_name(plain_text(block[child.name])) for child in children
    )
    return " ".join(dict.fromkeys(labels))
