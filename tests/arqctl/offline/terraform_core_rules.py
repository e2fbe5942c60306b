"""Terraform core's documented rules for the responses of providers, as a test oracle."""

from collections.abc import Callable, Iterator, Mapping

from arqctl.offline.planning.equality import canonical, canonical_block
from arqctl.offline.planning.traversal import Fields, parts_of
from arqctl.offline.schema.model import Attribute, Block, NestedBlock, Nesting
from arqctl.offline.types import Collection, Object, Type
from arqctl.offline.values import Path, Unknown, Value, is_known


def find_plan_errors(block: Block, prior: Fields | None, config: Fields, planned: Fields) -> list[str]:
    """Return where a plan contradicts the configuration. Sets are checked more strictly than in Terraform."""
    return list(_block(block, prior, config, planned, ()))


def _block(block: Block, prior: Value, config: Value, planned: Value, path: Path) -> Iterator[str]:
    if (planned is None) != (config is None):
        yield f"{path}: planned {planned!r} where config has {config!r}"
    if not isinstance(planned, dict) or not isinstance(config, dict):
        return
    before = prior if isinstance(prior, dict) else {}
    if set(planned) != {*block.attributes, *block.blocks}:
        yield f"{path}: {sorted(planned)} differs from the schema"
    for name, attribute in block.attributes.items():
        yield from _attribute(attribute, before.get(name), config[name], planned[name], (*path, name))
    for name, nested in block.blocks.items():
        at = (*path, name)
        if planned[name] is None and nested.nesting is not Nesting.SINGLE:
            yield f"{at}: without blocks, the value must be an empty collection, not null"
        elif isinstance(config[name], Unknown) or isinstance(planned[name], Unknown):
            if planned[name] != config[name]:
                yield f"{at}: blocks must be unknown exactly if they are unknown in the configuration"
        else:
            yield from _elements(
                nested.nesting, nested.block, before.get(name), config[name], planned[name], at
            )


def _attribute(
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
            yield from _elements(attribute.nested.nesting, inner, prior, config, planned, path)
    elif prior is None or not _equal(attribute.type, planned, prior):
        yield f"{path}: planned {planned!r}, but config has {config!r} and prior {prior!r}"


def _elements(
    nesting: Nesting, block: Block, prior: Value, config: Value, planned: Value, path: Path
) -> Iterator[str]:
    if nesting is Nesting.SINGLE:
        yield from _block(block, prior, config, planned, path)
    elif isinstance(config, list) and isinstance(planned, list):
        if len(config) != len(planned):
            yield f"{path}: {len(planned)} planned, {len(config)} configured"
            return
        befores = prior if isinstance(prior, list) else []
        if nesting is Nesting.LIST:
            befores = [*befores, *[None] * len(config)]
            for number, (before, wanted, got) in enumerate(zip(befores, config, planned, strict=False)):
                yield from _block(block, before, wanted, got, (*path, number))
        else:
            yield from _set(block, befores, config, planned, path)
    elif isinstance(config, dict) and isinstance(planned, dict):
        if config.keys() != planned.keys():
            yield f"{path}: {sorted(planned)} planned, {sorted(config)} configured"
            return
        before = prior if isinstance(prior, dict) else {}
        for key in config:
            yield from _block(block, before.get(key), config[key], planned[key], (*path, key))
    elif config != planned:
        yield f"{path}: planned {planned!r} where config has {config!r}"


def _set(
    block: Block, prior: list[Value], config: list[Value], planned: list[Value], path: Path
) -> Iterator[str]:
    """Require that each element is a configured one with computed values of at most one prior element."""
    # Elements with unknown values can turn out to be different.
    known = [canonical_block(block, each) for each in planned if is_known(each)]
    if len(set(known)) < len(known):
        yield f"{path}: two elements were merged"

    def completes(wanted: Value, got: Value) -> bool:
        return any(not list(_block(block, before, wanted, got, path)) for before in [None, *prior])

    yield from _correlated(config, planned, completes, path)


def find_state_errors(block: Block, planned: Fields, state: Fields) -> list[str]:
    """Return where a state, or the plan during apply, contradicts an earlier plan."""
    return list(_kept(block, planned, state, ()))


def _kept(block: Block, planned: Value, actual: Value, path: Path) -> Iterator[str]:
    if isinstance(planned, Unknown) or isinstance(actual, Unknown):
        return
    if (planned is None) != (actual is None):
        yield f"{path}: was {planned!r}, is {actual!r}"
    if not isinstance(planned, dict) or not isinstance(actual, dict):
        return
    for name, attribute in block.attributes.items():
        yield from _value_kept(attribute.type, planned[name], actual[name], (*path, name))
    for name, nested in block.blocks.items():
        yield from _elements_kept(nested, planned[name], actual[name], (*path, name))


def _elements_kept(nested: NestedBlock, planned: Value, actual: Value, path: Path) -> Iterator[str]:
    if nested.nesting is Nesting.SINGLE:
        yield from _kept(nested.block, planned, actual, path)
    elif nested.nesting is Nesting.SET and isinstance(planned, list) and isinstance(actual, list):
        yield from _set_kept(planned, actual, lambda a, b: not list(_kept(nested.block, a, b, path)), path)
    else:
        yield from _each_kept(planned, actual, path, lambda _, a, b, at: _kept(nested.block, a, b, at))


def _each_kept(
    planned: Value,
    actual: Value,
    path: Path,
    kept: Callable[[str | int, Value, Value, Path], Iterator[str]],
) -> Iterator[str]:
    befores, afters = _by_key(planned), _by_key(actual)
    if befores is None or afters is None:
        return
    if befores.keys() != afters.keys():
        yield f"{path}: {list(befores)} became {list(afters)}"
    for key in befores.keys() & afters.keys():
        yield from kept(key, befores[key], afters[key], (*path, key))


def _by_key(value: Value) -> Mapping[str | int, Value] | None:
    if isinstance(value, list):
        return dict(enumerate(value))
    return {key: each for key, each in value.items()} if isinstance(value, dict) else None  # noqa: C416 - the keys' type widens


def _value_kept(type_: Type, planned: Value, actual: Value, path: Path) -> Iterator[str]:
    if isinstance(planned, Unknown):
        if isinstance(actual, str) and not actual.startswith(planned.prefix):
            yield f"{path}: {actual!r} does not begin with {planned.prefix!r}"
        return
    if isinstance(type_, Collection) and type_.kind == "set" and isinstance(planned, list):
        element, others = type_.element, actual if isinstance(actual, list) else []
        yield from _set_kept(planned, others, lambda a, b: not list(_value_kept(element, a, b, path)), path)
    elif isinstance(planned, list | dict) and isinstance(actual, list | dict):
        yield from _each_kept(
            planned, actual, path, lambda key, a, b, at: _value_kept(_part_of(type_, key), a, b, at)
        )
    elif not _equal(type_, planned, actual):
        yield f"{path}: was {planned!r}, is {actual!r}"


def _part_of(type_: Type, key: str | int) -> Type:
    if isinstance(type_, Object):
        return type_.attributes[str(key)]
    return type_.element if isinstance(type_, Collection) else type_


def _set_kept(
    planned: list[Value], actual: list[Value], fits: Callable[[Value, Value], bool], path: Path
) -> Iterator[str]:
    if len(actual) > len(planned):
        yield f"{path}: {len(planned)} elements became {len(actual)}"
    yield from _correlated(planned, actual, fits, path)


def _correlated(
    ones: list[Value], others: list[Value], fits: Callable[[Value, Value], bool], path: Path
) -> Iterator[str]:
    for each in ones:
        if not any(fits(each, other) for other in others):
            yield f"{path}: nothing in {others!r} matches {each!r}"
    for other in others:
        if not any(fits(each, other) for each in ones):
            yield f"{path}: {other!r} matches nothing in {ones!r}"


def _equal(type_: Type, one: Value, other: Value) -> bool:
    return canonical(type_, one) == canonical(type_, other)
