"""Checks instance sizes, database engines and engine versions against what the region offers."""

from collections.abc import Callable, Iterator, Mapping

from arqctl.offline.aws_facts.engine_versions import is_available
from arqctl.offline.aws_facts.instance_sizes import size_error
from arqctl.offline.aws_facts.region_tables import ALL_REGIONS, ENGINE_TYPES, VERSIONS, Table, table_key
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.facts import Names
from arqctl.offline.values import Path, Value

TableLookup = Callable[[str], Table | None]
"""Returns a table by its key, or None."""


def check_region(
    type_: str,
    config: Mapping[str, Value],
    region: str,
    instance_sizes: Mapping[Names, str],
    find_table: TableLookup,
) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each value that the region doesn't offer. Regions without lists are skipped."""
    for names, file in instance_sizes.items():
        for size, path in _string_values(config, names, ()):
            yield from _check_size(size, path, region, file, "", find_table)
    if type_ in ENGINE_TYPES:
        yield from _check_engine(type_, config, region, find_table)


def _check_engine(
    type_: str, config: Mapping[str, Value], region: str, find_table: TableLookup
) -> Iterator[Diagnostic]:
    list_name, class_argument = ENGINE_TYPES[type_]
    engine, version = config.get("engine"), config.get("engine_version")
    versions = find_table(table_key(list_name, VERSIONS))
    if not isinstance(engine, str) or not engine or versions is None:
        return
    engine = engine.lower()  # the provider ignores case
    if engine not in versions:
        yield _not_available("engine", engine, f"has {', '.join(sorted(versions))}", ("engine",))
        return
    if isinstance(version, str) and version and not is_available(version, versions[engine]):
        problem = f"has {', '.join(_newest_versions(versions[engine]))}, among others, of {engine}"
        yield _not_available("engine_version", version, problem, ("engine_version",))
    for size, path in _string_values(config, (class_argument,), ()):
        yield from _check_size(size, path, region, list_name, engine, find_table)


def _check_size(
    size: str, path: Path, region: str, list_name: str, engine: str, find_table: TableLookup
) -> Iterator[Diagnostic]:
    here, anywhere = find_table(table_key(list_name, region)), find_table(table_key(list_name, ALL_REGIONS))
    if here is None or anywhere is None or engine not in here:
        return
    if problem := size_error(size, frozenset(here[engine]), frozenset(anywhere[engine])):
        purpose = f" for {engine}" if engine else ""
        argument = ".".join(str(step) for step in path if isinstance(step, str))
        near = [each for each in here[engine] if each.rpartition(".")[0] == size.rpartition(".")[0]]
        choice = ", ".join(near or here[engine][:12])
        yield Diagnostic(
            summary=f"AWS does not have this {path[-1] if isinstance(path[-1], str) else path[-2]}",
            detail=f'{argument} is "{size}", which {problem} ({region}{purpose}). '
            f"Change it to another, for example {choice}.",
            path=path,
        )


def _not_available(argument: str, value: str, problem: str, path: Path) -> Diagnostic:
    return Diagnostic(
        summary=f"AWS does not have this {argument}",
        detail=f'{argument} is "{value}". AWS {problem} (source: cfn-lint). Change {argument}.',
        path=path,
    )


def _string_values(
    value: Value | Mapping[str, Value], names: Names, path: Path
) -> Iterator[tuple[str, Path]]:
    """Yield the known strings at a path of names, each with its full path."""
    if isinstance(value, list):
        for at, each in enumerate(value):
            yield from _string_values(each, names, (*path, at))
    elif names and isinstance(value, Mapping):
        yield from _string_values(value.get(names[0]), names[1:], (*path, names[0]))
    elif not names and isinstance(value, str) and value:
        yield value, path


def _newest_versions(versions: list[str]) -> list[str]:
    numbers = [each for each in versions if each.replace(".", "").isdecimal()]
    return (
        sorted(numbers, key=lambda each: tuple(map(int, each.split("."))), reverse=True)[:6] or versions[:6]
    )
