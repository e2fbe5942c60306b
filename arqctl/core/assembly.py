"""Reads an assembly, the output folder of a CDKTF app (`cdktf.out`), as stacks and environments."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json, as_object

_KINDS = ("resource", "data")
_METADATA = "//"
"""The key of CDKTF's metadata, such as the construct path; not part of the configuration."""


@dataclass(frozen=True)
class Block:
    """One resource or data source: its Terraform address, its construct's path and its arguments."""

    kind: str
    type: str
    address: str
    path: str
    body: Body


@dataclass(frozen=True)
class Annotation:
    """A message of the app about a construct: info, warn or error."""

    level: str
    path: str
    message: str


@dataclass(frozen=True)
class Stack:
    """A synthesized stack. `fault` is why it cannot be evaluated; a stack with a fault has no blocks.

    `dependencies` are the names of stacks that must be deployed first.
    """

    name: str
    environment: str
    file: Path
    text: str
    document: Body
    fault: str = ""
    annotations: tuple[Annotation, ...] = ()
    dependencies: tuple[str, ...] = ()

    @cached_property
    def blocks(self) -> Mapping[str, Block]:
        """Resources and data sources by address."""
        found: dict[str, Block] = {}
        for kind in _KINDS:
            for type_, named in _without_metadata(self.document.get(kind)).items():
                for name, body in _without_metadata(named).items():
                    address = f"{type_}.{name}" if kind == "resource" else f"data.{type_}.{name}"
                    path = construct_path(body) or f"{self.name}/{address}"
                    found[address] = Block(kind, type_, address, path, _without_metadata(body))
        return found

    @cached_property
    def resources(self) -> tuple[Block, ...]:
        """The resources, without data sources."""
        return tuple(block for block in self.blocks.values() if block.kind == "resource")

    @cached_property
    def moved_from(self) -> frozenset[str]:
        """Addresses that a `moved` block renames to an address in the stack."""
        moves = self.document.get("moved")
        pairs = [as_object(move) for move in (moves if isinstance(moves, list) else [moves])]
        return frozenset(str(pair.get("from")) for pair in pairs if pair.get("to") in self.blocks)

    def path_of(self, address: str) -> str:
        """Return the construct path of an address, or STACK/ADDRESS if CDKTF recorded none."""
        block = self.blocks.get(address)
        return block.path if block else f"{self.name}/{address}"


@dataclass(frozen=True)
class Assembly:
    """An assembly: its folder, shaped like `cdktf.out`, and its stacks in the order of the manifest."""

    folder: Path
    stacks: tuple[Stack, ...]

    @property
    def in_deployment_order(self) -> tuple[Stack, ...]:
        """The stacks, each after those it depends on."""
        by_name = {stack.name: stack for stack in self.stacks}
        names = TopologicalSorter({name: stack.dependencies for name, stack in by_name.items()})
        return tuple(by_name[name] for name in names.static_order() if name in by_name)


def read_assembly(outdir: Path) -> tuple[Stack, ...]:
    """Read all stacks of an assembly.

    A stack that cannot be read, or is not Terraform JSON, has a `fault`.

    Raises:
        InputError: if the folder is not shaped like `cdktf.out`.
    """
    manifest = outdir / "manifest.json"
    shape = "Choose a folder written by `cdktf synth`, with manifest.json and stacks/NAME/cdk.tf.json"
    if not manifest.is_file():
        raise InputError([Problem(str(outdir), "holds no manifest.json", shape)])
    try:
        document: Json = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError([Problem(str(manifest), f"is not JSON: {error}", shape)]) from error
    stacks = document.get("stacks") if isinstance(document, dict) else None
    if not isinstance(stacks, dict) or not stacks:
        raise InputError([Problem(str(manifest), "names no stacks", shape)])
    return tuple(_stack(outdir, name, as_object(entry), frozenset(stacks)) for name, entry in stacks.items())


def select_stacks(stacks: Iterable[Stack], *names: str) -> tuple[Stack, ...]:
    """Return the stacks of environments and single stacks in the given order; all if none is named.

    Raises:
        InputError: for each unknown name, and for each selected stack with a fault.
    """
    given = tuple(stacks)
    known = {stack.environment for stack in given}
    fix = f"Choose from {', '.join(sorted(known))}"
    chosen = tuple(stack for stack in given if not names or stack.environment in names or stack.name in names)
    problems = [
        Problem(name, "is not an environment of this project", fix)
        for name in names
        if name not in known and name not in {stack.name for stack in given}
    ]
    problems += [Problem(str(stack.file), stack.fault, "Fix the app") for stack in chosen if stack.fault]
    if problems:
        raise InputError(problems)
    return chosen


def select_own_stacks(stacks: Iterable[Stack], name: str) -> tuple[Stack, ...]:
    """Return the stacks of an environment without those of its standbys, those of a standby, or one stack.

    Raises:
        InputError: as `select_stacks` does.
    """
    given = tuple(stacks)
    standbys = find_standbys(given)
    if name in standbys:
        return select_stacks(given, *(each.name for each in given if belongs_to(each.name, name)))
    chosen = select_stacks(given, name)
    return tuple(
        each
        for each in chosen
        if each.name == name or not any(belongs_to(each.name, other) for other in standbys)
    )


def find_standbys(stacks: Iterable[Stack]) -> frozenset[str]:
    """Return the names of stacks that belong to an environment, and have stacks of their own."""
    names = [stack.name for stack in stacks if stack.name != stack.environment]
    return frozenset(name for name in names if any(other.startswith(f"{name}-") for other in names))


def belongs_to(name: str, owner: str) -> bool:
    """Return whether a name is that of an owner, such as a standby, or begins with it and a hyphen."""
    return f"{name}-".startswith(f"{owner}-")


def construct_path(body: Json) -> str:
    """Return the construct path in a block's metadata, or ""."""
    path = as_object(as_object(as_object(body).get(_METADATA)).get("metadata")).get("path")
    return path if isinstance(path, str) else ""


def _stack(outdir: Path, name: str, entry: Body, names: frozenset[str]) -> Stack:
    relative = entry.get("synthesizedStackPath")
    file = (outdir / (relative if isinstance(relative, str) else f"stacks/{name}/cdk.tf.json")).resolve()
    environment = _environment(name, names)
    annotations = tuple(_annotations(entry))
    named = entry.get("dependencies")
    dependencies = tuple(map(str, named)) if isinstance(named, list) else ()
    try:
        text = file.read_text(encoding="utf-8")
        document = json.loads(text)
        json.dumps(document, ensure_ascii=False).encode()  # a lone surrogate can be escaped but not encoded
    except (OSError, ValueError, RecursionError) as error:
        return Stack(name, environment, file, "", {}, f"is not JSON: {error}", annotations, dependencies)
    fault = _fault(document) or _reported_errors(annotations)
    return Stack(name, environment, file, text, {} if fault else document, fault, annotations, dependencies)


def _annotations(entry: Body) -> Iterator[Annotation]:
    recorded = entry.get("annotations")
    for each in recorded if isinstance(recorded, list) else []:
        note = as_object(each)
        level, path, message = (str(note.get(key, "")) for key in ("level", "constructPath", "message"))
        yield Annotation(level.removeprefix("@cdktf/"), path, message)


def _reported_errors(annotations: tuple[Annotation, ...]) -> str:
    """Return the errors that the app reported; cdktf continues after an error to show all of them."""
    errors = [f"{each.path}: {each.message}" for each in annotations if each.level == "error"]
    return f"the app reported {'; '.join(errors)}" if errors else ""


def _environment(name: str, names: frozenset[str]) -> str:
    """Return a stack's environment: `production` for `production-platform` if both exist, else itself."""
    owners = [other for other in names if name.startswith(f"{other}-")]
    return min(owners, key=len, default=name)


def _fault(document: Json) -> str:
    """Return why a document is not CDKTF's Terraform JSON, or ""."""
    if not isinstance(document, dict):
        return f"must be a JSON object, got {type(document).__name__}"
    for kind in _KINDS:
        named = document.get(kind, {})
        if not isinstance(named, dict):
            return f"{kind!r} must be an object of types, got {type(named).__name__}"
        for type_, blocks in named.items():
            if type_ != _METADATA and not _is_object_of_objects(blocks):
                return f"{kind}.{type_} must be an object of blocks by name"
    return ""


def _is_object_of_objects(value: Json) -> bool:
    return isinstance(value, dict) and all(
        isinstance(body, dict) for name, body in value.items() if name != _METADATA
    )


def _without_metadata(value: Json) -> Body:
    return {key: item for key, item in as_object(value).items() if key != _METADATA}
