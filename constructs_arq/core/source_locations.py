"""Which line of the project made each construct, told beside what is synthesized.

A finding names a construct, and a reviewer reads Python. So `stacks/NAME/sources.json` gives, for each
construct's path, the line of the project's own code that made it, and where the library lies in the project
as well, the line in it. Terraform and cdktf don't read the file, and what they read is untouched.

Bindings make everything through `jsii.create`: whoever calls that is asked for. Node isn't.
"""

import functools
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import jsii
from cdktf import App
from constructs import Construct, IConstruct

from constructs_arq.core import tree_cache

NAME = "sources.json"
_VERSION = 1
_LIBRARY = f"{Path(__file__).resolve().parents[1]}{os.sep}"
# Where installed packages lie, which may be below the project: `.venv/lib/python3.11/site-packages`.
_SITE, _DIST = (f"{os.sep}{name}-packages{os.sep}" for name in ("site", "dist"))
# Where each construct keeps its place: its app, and its path in that.
_PLACE = "_arq_place"

_Line = tuple[str, int]
_Place = tuple["_Tree", str]


@dataclass(frozen=True)
class _File:
    """A source file of the project, named from the project's folder."""

    name: str
    is_library: bool


class _Files(dict[str, _File | None]):
    """The files that frames name: those of the project, and nothing for those of packages or elsewhere."""

    def __init__(self, project: Path) -> None:
        self._project = f"{project}{os.sep}"

    def __missing__(self, name: str) -> _File | None:
        self[name] = self._read(name)
        return self[name]

    def _read(self, name: str) -> _File | None:
        if name.startswith("<") or _SITE in name or _DIST in name or name == tree_cache.__file__:
            return None
        # Links are followed only where it matters: that takes longer than all the rest.
        path = name if name.startswith(self._project) else os.path.realpath(name)
        if not path.startswith(self._project):
            return None
        return _File(path.removeprefix(self._project).replace(os.sep, "/"), path.startswith(_LIBRARY))


@dataclass(frozen=True)
class _Tree:
    """One app: the lines behind its constructs by path, and the project's files."""

    files: _Files = field(default_factory=lambda: _Files(_project()))
    lines: dict[str, tuple[_Line, ...]] = field(default_factory=dict)


def record() -> None:
    """Have the line behind every construct noted from now on, and told by `App.synth`."""
    create: Callable[..., object] = jsii.create
    synth: Callable[[App], None] = App.synth
    if hasattr(create, "__wrapped__"):
        return

    @functools.wraps(create)
    def create_and_note(kind: type[object], made: object, args: list[object] | None = None) -> object:
        reference = create(kind, made, args)
        if isinstance(made, Construct):
            _note(made, args or [], sys._getframe(1))  # noqa: SLF001  # the documented way to a caller
        return reference

    @functools.wraps(synth)
    def synth_and_tell(self: App) -> None:
        synth(self)
        tree, _ = _place_of(self)
        _tell(Path(self.outdir), tree)

    setattr(jsii, "create", create_and_note)  # noqa: B010  # mypy rightly refuses the assignments
    setattr(App, "synth", synth_and_tell)  # noqa: B010


def _note(made: Construct, args: list[object], caller: FrameType) -> None:
    scope = args[0] if args else None
    if not isinstance(scope, Construct):
        vars(made)[_PLACE] = (_Tree(), "")
        return
    tree, above = _place_of(scope)
    # As the bindings spell paths.
    name = str(args[1]).replace("/", "--")
    path = f"{above}/{name}" if above else name
    vars(made)[_PLACE] = (tree, path)
    lines = _lines(caller, made, tree.files)
    if lines:
        tree.lines[path] = lines


def _place_of(construct: IConstruct) -> _Place:
    """Where a construct stands; Node is asked if Python let go of the object that it had been."""
    known: _Place | None = vars(construct).get(_PLACE)
    if known is None:
        root = construct.node.root
        tree = _Tree() if root is construct else _place_of(root)[0]
        known = vars(construct)[_PLACE] = (tree, construct.node.path)
    return known


def _lines(frame: FrameType | None, made: Construct, files: _Files) -> tuple[_Line, ...]:
    """The innermost line of the project's own code, then that of the library if it lies in the project."""
    in_library: tuple[_Line, ...] = ()
    while frame is not None:
        file = files[frame.f_code.co_filename]
        if file is not None and not (file.is_library and in_library) and not _belongs_to(frame, made):
            line = (file.name, frame.f_lineno)
            if not file.is_library:
                return (line, *in_library)
            in_library = (line,)
        frame = frame.f_back
    return in_library


def _belongs_to(frame: FrameType, made: Construct) -> bool:
    """Whether a frame is a construct's own constructor: asked for is who called that."""
    code = frame.f_code
    return code.co_name == "__init__" and frame.f_locals.get(code.co_varnames[0]) is made


def _project() -> Path:
    """The nearest folder, from the current one upwards, that holds a cdktf.json; else the current one."""
    here = Path.cwd()
    return next((each for each in (here, *here.parents) if (each / "cdktf.json").is_file()), here)


def _tell(outdir: Path, tree: _Tree) -> None:
    """Write each stack's file beside its configuration."""
    manifest = json.loads((outdir / "manifest.json").read_text(encoding="utf-8"))
    told = {path: [f"{file}:{line}" for file, line in tree.lines[path]] for path in sorted(tree.lines)}
    for stack in manifest["stacks"].values():
        top = stack["constructPath"]
        own = {path: lines for path, lines in told.items() if path == top or path.startswith(f"{top}/")}
        _write(outdir / stack["synthesizedStackPath"], own)


def _write(configuration: Path, lines: dict[str, list[str]]) -> None:
    """Write the whole file or none of it, broken into lines as `json` is quick to do."""
    document = {"version": _VERSION, "constructs": lines}
    fresh = configuration.with_name(f"{NAME}.new")
    fresh.write_text(json.dumps(document, separators=(",\n", ": ")) + "\n", encoding="utf-8")
    fresh.replace(configuration.with_name(NAME))
