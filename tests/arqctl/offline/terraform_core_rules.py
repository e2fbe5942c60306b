"""Terraform core's documented rules for the responses of providers, as a test oracle."""

from collections.abc import Callable, Iterator, Mapping

from arqctl.offline.planning.equality import canonical, canonical_block
from arqctl.offline.planning.traversal import Fields, parts_of
from arqctl.offline.schema.model import Attribute, Block, NestedBlock, Nesting
from arqctl.offline.types import Collection, Object, Type
from arqctl.offline.values import Path, Unknown, Value, is_known


def find_plan_errors(block: Block, prior: Fields | None, config: Fields, planned: Fields) -> list[str]:
    """Return where a plan contradicts the configuration. Sets are checked more strictly than in Terraform."""
    return list(_block_errors(block, prior, config, planned, ()))


def _block_errors(block: Block, prior: Value, config: Value, planned: Value, path: Path) -> Iterator[str]:
    if (planned is None) != (config is None):
        yield f"{path}: planned {planned!r} where config has {config!r}"
    if not isinstance(planned, dict) or not isinstance(config, dict):
        return
    before = prior if isinstance(prior, dict) else {}
    if set(planned) != {*block.attributes, *block.blocks}:
        yield f"{path}: {sorted(planned)} differs from the schema"
    for name, attribute in block.attributes.items():
        yield from _attribute_errors(attribute, before.get(name), config[name], planned[name], (*path, name))
    for name, nested in block.blocks.items():
        nested_path = (*path, name)
        if planned[name] is None and nested.nesting is not Nesting.SINGLE:
            yield f"{nested_path}: without blocks, the value must be an empty collection, not null"
        elif isinstance(config[name], Unknown) or isinstance(planned[name], Unknown):
            if planned[name] != config[name]:
                yield f"{nested_path}: blocks must be unknown exactly if the configured ones are"
        else:
            yield from _element_errors(
                nested.nesting, nested.block, before.get(name), config[name], planned[name], nested_path
            )


def _attribute_errors(
    attribute: Attribute, prior: Value, config: Value, planned: Value, path: Path
) -> Iterator[str]:
    if attribute.write_only:
        if planned is not None:
            yield f"{path}: a write-only value is planned"
        return
    if _equal(attribute.type, planned, config) or (
        attribute.computed and (config is None or not attribute.optional)
    ):
        return
    if config is None:
        yield f"{path}: planned {planned!r}, but unset and not computed"
    elif attribute.nested is not None:
        if isinstance(planned, Unknown):
            yield f"{path}: planned as unknown, but configured"
        else:
            inner = parts_of(attribute.nested)
            yield from _element_errors(attribute.nested.nesting, inner, prior, config, planned, path)
    elif prior is None or not _equal(attribute.type, planned, prior):
        yield f"{path}: planned {planned!r}, but config has {config!r} and prior {prior!r}"


def _element_errors(
    nesting: Nesting, block: Block, prior: Value, config: Value, planned: Value, path: Path
) -> Iterator[str]:
    if nesting is Nesting.SINGLE:
        yield from _block_errors(block, prior, config, planned, path)
    elif isinstance(config, list) and isinstance(planned, list):
        if len(config) != len(planned):
            yield f"{path}: {len(planned)} planned, {len(config)} configured"
            return
        prior_elements = prior if isinstance(prior, list) else []
        if nesting is Nesting.LIST:
            prior_elements = [*prior_elements, *[None] * len(config)]
            for number, (before, config_element, planned_element) in enumerate(
                zip(prior_elements, config, planned, strict=False)
            ):
                yield from _block_errors(block, before, config_element, planned_element, (*path, number))
        else:
            yield from _set_errors(block, prior_elements, config, planned, path)
    elif isinstance(config, dict) and isinstance(planned, dict):
        if config.keys() != planned.keys():
            yield f"{path}: {sorted(planned)} planned, {sorted(config)} configured"
            return
        before = prior if isinstance(prior, dict) else {}
        for key in config:
            yield from _block_errors(block, before.get(key), config[key], planned[key], (*path, key))
    elif config != planned:
        yield f"{path}: planned {planned!r} where config has {config!r}"


def _set_errors(
    block: Block, prior: list[Value], config: list[Value], planned: list[Value], path: Path
) -> Iterator[str]:
    """Require that each element is a configured one with computed values of at most one prior element."""
    # Elements with unknown values can turn out to be different.
    known = [canonical_block(block, each) for each in planned if is_known(each)]
    if len(set(known)) < len(known):
        yield f"{path}: two elements were merged"

    def is_completed(config_element: Value, planned_element: Value) -> bool:
        return any(
            not list(_block_errors(block, before, config_element, planned_element, path))
            for before in [None, *prior]
        )

    yield from _correlation_errors(config, planned, is_completed, path)


def find_state_errors(block: Block, planned: Fields, state: Fields) -> list[str]:
    """Return where a state, or the plan during apply, contradicts an earlier plan."""
    return list(_state_block_errors(block, planned, state, ()))


def _state_block_errors(block: Block, planned: Value, actual: Value, path: Path) -> Iterator[str]:
    if isinstance(planned, Unknown) or isinstance(actual, Unknown):
        return
    if (planned is None) != (actual is None):
        yield f"{path}: was {planned!r}, is {actual!r}"
    if not isinstance(planned, dict) or not isinstance(actual, dict):
        return
    for name, attribute in block.attributes.items():
        yield from _state_value_errors(attribute.type, planned[name], actual[name], (*path, name))
    for name, nested in block.blocks.items():
        yield from _state_element_errors(nested, planned[name], actual[name], (*path, name))


def _state_element_errors(nested: NestedBlock, planned: Value, actual: Value, path: Path) -> Iterator[str]:
    if nested.nesting is Nesting.SINGLE:
        yield from _state_block_errors(nested.block, planned, actual, path)
    elif nested.nesting is Nesting.SET and isinstance(planned, list) and isinstance(actual, list):
        yield from _state_set_errors(
            planned, actual, lambda a, b: not list(_state_block_errors(nested.block, a, b, path)), path
        )
    else:
        yield from _state_item_errors(
            planned,
            actual,
            path,
            lambda _, a, b, nested_path: _state_block_errors(nested.block, a, b, nested_path),
        )


def _state_item_errors(
    planned: Value,
    actual: Value,
    path: Path,
    compare: Callable[[str | int, Value, Value, Path], Iterator[str]],
) -> Iterator[str]:
    planned_items, actual_items = _by_key(planned), _by_key(actual)
    if planned_items is None or actual_items is None:
        return
    if planned_items.keys() != actual_items.keys():
        yield f"{path}: {list(planned_items)} became {list(actual_items)}"
    for key in planned_items.keys() & actual_items.keys():
        yield from compare(key, planned_items[key], actual_items[key], (*path, key))


def _by_key(value: Value) -> Mapping[str | int, Value] | None:
    if isinstance(value, list):
        return dict(enumerate(value))
    return {key: each for key, each in value.items()} if isinstance(value, dict) else None  # noqa: C416 - the keys' type widens


def _state_value_errors(type_: Type, planned: Value, actual: Value, path: Path) -> Iterator[str]:
    if isinstance(planned, Unknown):
        if isinstance(actual, str) and not actual.startswith(planned.prefix):
            yield f"{path}: {actual!r} does not begin with {planned.prefix!r}"
        return
    if isinstance(type_, Collection) and type_.kind == "set" and isinstance(planned, list):
        element, rights = type_.element, actual if isinstance(actual, list) else []
        yield from _state_set_errors(
            planned, rights, lambda a, b: not list(_state_value_errors(element, a, b, path)), path
        )
    elif isinstance(planned, list | dict) and isinstance(actual, list | dict):
        yield from _state_item_errors(
            planned,
            actual,
            path,
            lambda key, a, b, nested_path: _state_value_errors(_type_at(type_, key), a, b, nested_path),
        )
    elif not _equal(type_, planned, actual):
        yield f"{path}: was {planned!r}, is {actual!r}"


def _type_at(type_: Type, key: str | int) -> Type:
    if isinstance(type_, Object):
        return type_.attributes[str(key)]
    return type_.element if isinstance(type_, Collection) else type_


def _state_set_errors(
    planned: list[Value], actual: list[Value], matches: Callable[[Value, Value], bool], path: Path
) -> Iterator[str]:
    if len(actual) > len(planned):
        yield f"{path}: {len(planned)} elements became {len(actual)}"
    yield from _correlation_errors(planned, actual, matches, path)


def _correlation_errors(
    lefts: list[Value], rights: list[Value], matches: Callable[[Value, Value], bool], path: Path
) -> Iterator[str]:
    for left in lefts:
        if not any(matches(left, right) for right in rights):
            yield f"{path}: nothing in {rights!r} matches {left!r}"
    for right in rights:
        if not any(matches(left, right) for left in lefts):
            yield f"{path}: {right!r} matches nothing in {lefts!r}"


def _equal(type_: Type, one: Value, other: Value) -> bool:
    return canonical(type_, one) == canonical(type_, other)
