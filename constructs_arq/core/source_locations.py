"""Records the source location of each construct: the Python line of the project that made it.

`stacks/NAME/sources.json` maps each construct's path to the line in the project's own code. If the library is
in the project too, its line follows. Terraform and cdktf ignore the file.

The bindings make every construct through `jsii.create`, which is wrapped here. No request to Node is needed.
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

FILE_NAME = "sources.json"
_VERSION = 1
_LIBRARY = f"{Path(__file__).resolve().parents[1]}{os.sep}"
# Folders of installed packages, which may be below the project: `.venv/lib/python3.11/site-packages`.
_SITE, _DIST = (f"{os.sep}{name}-packages{os.sep}" for name in ("site", "dist"))
# The attribute of a construct with its app's record, and its path in that app.
_POSITION = "_arq_position"

_Line = tuple[str, int]
_Position = tuple["_AppRecord", str]


@dataclass(frozen=True)
class _File:
    """A source file of the project. The name is relative to the project's folder."""

    name: str
    is_library: bool


class _Files(dict[str, _File | None]):
    """Source files by the names in stack frames: None for files outside the project and of packages."""

    def __init__(self, project: Path) -> None:
        self._project = f"{project}{os.sep}"

    def __missing__(self, name: str) -> _File | None:
        self[name] = self._read(name)
        return self[name]

    def _read(self, name: str) -> _File | None:
        if name.startswith("<") or _SITE in name or _DIST in name or name == tree_cache.__file__:
            return None
        # Links are resolved only if necessary: that takes longer than everything else here.
        path = name if name.startswith(self._project) else os.path.realpath(name)
        if not path.startswith(self._project):
            return None
        return _File(path.removeprefix(self._project).replace(os.sep, "/"), path.startswith(_LIBRARY))


@dataclass(frozen=True)
class _AppRecord:
    """The source locations of one app's constructs, by path, and the project's files."""

    files: _Files = field(default_factory=lambda: _Files(_project_folder()))
    lines: dict[str, tuple[_Line, ...]] = field(default_factory=dict)


def install() -> None:
    """Record the source location of every construct from now on. `App.synth` writes them."""
    create: Callable[..., object] = jsii.create
    synth: Callable[[App], None] = App.synth
    if hasattr(create, "__wrapped__"):
        return

    @functools.wraps(create)
    def create_and_record(kind: type[object], construct: object, args: list[object] | None = None) -> object:
        reference = create(kind, construct, args)
        if isinstance(construct, Construct):
            _record(construct, args or [], sys._getframe(1))  # noqa: SLF001  # the only way to the caller
        return reference

    @functools.wraps(synth)
    def synth_and_write(self: App) -> None:
        synth(self)
        record, _ = _position_of(self)
        _write_locations(Path(self.outdir), record)

    setattr(jsii, "create", create_and_record)  # noqa: B010  # mypy refuses the assignment
    setattr(App, "synth", synth_and_write)  # noqa: B010


def _record(construct: Construct, args: list[object], caller: FrameType) -> None:
    scope = args[0] if args else None
    if not isinstance(scope, Construct):
        vars(construct)[_POSITION] = (_AppRecord(), "")
        return
    record, parent_path = _position_of(scope)
    # cdktf replaces slashes in ids the same way.
    name = str(args[1]).replace("/", "--")
    path = f"{parent_path}/{name}" if parent_path else name
    vars(construct)[_POSITION] = (record, path)
    lines = _source_lines(caller, construct, record.files)
    if lines:
        record.lines[path] = lines


def _position_of(construct: IConstruct) -> _Position:
    """Return the app's record and the path. Ask Node if Python has garbage-collected the original object."""
    known: _Position | None = vars(construct).get(_POSITION)
    if known is None:
        root = construct.node.root
        record = _AppRecord() if root is construct else _position_of(root)[0]
        known = vars(construct)[_POSITION] = (record, construct.node.path)
    return known


def _source_lines(frame: FrameType | None, construct: Construct, files: _Files) -> tuple[_Line, ...]:
    """Return the innermost line of the project's own code, then the library's line if in the project."""
    in_library: tuple[_Line, ...] = ()
    while frame is not None:
        file = files[frame.f_code.co_filename]
        if (
            file is not None
            and not (file.is_library and in_library)
            and not _is_constructor(frame, construct)
        ):
            line = (file.name, frame.f_lineno)
            if not file.is_library:
                return (line, *in_library)
            in_library = (line,)
        frame = frame.f_back
    return in_library


def _is_constructor(frame: FrameType, construct: Construct) -> bool:
    """Return whether a frame is the construct's own constructor, whose caller is wanted."""
    code = frame.f_code
    return code.co_name == "__init__" and frame.f_locals.get(code.co_varnames[0]) is construct


def _project_folder() -> Path:
    """Return the nearest folder with a cdktf.json, from the current one upwards, or the current one."""
    here = Path.cwd()
    return next((each for each in (here, *here.parents) if (each / "cdktf.json").is_file()), here)


def _write_locations(outdir: Path, record: _AppRecord) -> None:
    """Write each stack's source locations beside its Terraform JSON."""
    manifest = json.loads((outdir / "manifest.json").read_text(encoding="utf-8"))
    located = {path: [f"{file}:{line}" for file, line in record.lines[path]] for path in sorted(record.lines)}
    for stack in manifest["stacks"].values():
        stack_path = stack["constructPath"]
        own = {path: lines for path, lines in located.items() if f"{path}/".startswith(f"{stack_path}/")}
        _write_file(outdir / stack["synthesizedStackPath"], own)


def _write_file(configuration: Path, lines: dict[str, list[str]]) -> None:
    """Write the file atomically. `indent` would be slower than these separators."""
    document = {"version": _VERSION, "constructs": lines}
    new_file = configuration.with_name(f"{FILE_NAME}.new")
    new_file.write_text(json.dumps(document, separators=(",\n", ": ")) + "\n", encoding="utf-8")
    new_file.replace(configuration.with_name(FILE_NAME))
