"""Holds sizes of machines, engines and their versions against what exists in the region."""

from collections.abc import Callable, Iterator, Mapping

from arqctl.offline.aws_facts.engine_versions import known
from arqctl.offline.aws_facts.instance_sizes import misfit
from arqctl.offline.aws_facts.region_tables import ANYWHERE, ENGINES, VERSIONS, Table, key
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.facts import Names
from arqctl.offline.values import Path, Value

Tables = Callable[[str], Table | None]
"""Gives a table by its key; None where there is none."""


def findings(
    type_: str,
    config: Mapping[str, Value],
    region: str,
    sizes: Mapping[Names, str],
    tables: Tables,
) -> Iterator[Diagnostic]:
    """What a configuration asks for and its region doesn't have. A region without lists is not judged."""
    for names, file in sizes.items():
        for size, path in _texts(config, names, ()):
            yield from _size(size, path, region, file, "", tables)
    if type_ in ENGINES:
        yield from _engine(type_, config, region, tables)


def _engine(type_: str, config: Mapping[str, Value], region: str, tables: Tables) -> Iterator[Diagnostic]:
    owner, class_argument = ENGINES[type_]
    engine, version = config.get("engine"), config.get("engine_version")
    versions = tables(key(owner, VERSIONS))
    if not isinstance(engine, str) or not engine or versions is None:
        return
    engine = engine.lower()  # the provider takes it in any case
    if engine not in versions:
        yield _refused("engine", engine, f"has {', '.join(sorted(versions))}", ("engine",))
        return
    if isinstance(version, str) and version and not known(version, versions[engine]):
        what = f"has {', '.join(_newest(versions[engine]))}, among others, of {engine}"
        yield _refused("engine_version", version, what, ("engine_version",))
    for size, path in _texts(config, (class_argument,), ()):
        yield from _size(size, path, region, owner, engine, tables)


def _size(size: str, path: Path, region: str, owner: str, list_: str, tables: Tables) -> Iterator[Diagnostic]:
    here, anywhere = tables(key(owner, region)), tables(key(owner, ANYWHERE))
    if here is None or anywhere is None or list_ not in here:
        return
    if what := misfit(size, frozenset(here[list_]), frozenset(anywhere[list_])):
        purpose = f" for {list_}" if list_ else ""
        argument = ".".join(str(step) for step in path if isinstance(step, str))
        near = [each for each in here[list_] if each.rpartition(".")[0] == size.rpartition(".")[0]]
        choice = ", ".join(near or here[list_][:12])
        yield Diagnostic(
            summary=f"AWS does not have this {path[-1] if isinstance(path[-1], str) else path[-2]}",
            detail=f'{argument} is "{size}", which {what} ({region}{purpose}). '
            f"Change it to another, for example {choice}.",
            path=path,
        )


def _refused(argument: str, value: str, what: str, path: Path) -> Diagnostic:
    return Diagnostic(
        summary=f"AWS does not have this {argument}",
        detail=f'{argument} is "{value}". AWS {what}, says cfn-lint. Change {argument}.',
        path=path,
    )


def _texts(value: Value | Mapping[str, Value], names: Names, path: Path) -> Iterator[tuple[str, Path]]:
    """The known texts at a path of names, each with its place."""
    if isinstance(value, list):
        for at, each in enumerate(value):
            yield from _texts(each, names, (*path, at))
    elif names and isinstance(value, Mapping):
        yield from _texts(value.get(names[0]), names[1:], (*path, names[0]))
    elif not names and isinstance(value, str) and value:
        yield value, path


def _newest(versions: list[str]) -> list[str]:
    numbers = [each for each in versions if each.replace(".", "").isdecimal()]
    return (
        sorted(numbers, key=lambda each: tuple(map(int, each.split("."))), reverse=True)[:6] or versions[:6]
    )
