"""Reads plans from a folder: `STACK.json` has the output of `terraform show -json` for each stack."""

import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from arqctl.core.assembly import Stack, select_stacks
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Json, as_list, as_object, as_text
from arqctl.terraform.stacks import select_deployable_stacks

_FIX = "Make it with `arqctl plan ENV --out-dir DIR`"
_DELETIONS = (["delete"], ["forget"])


def read_plans(
    folder: Path, stacks: Sequence[Stack], environments: Sequence[str], *, separate: Sequence[str] = ()
) -> Mapping[str, str]:
    """Return the text of each plan by stack. `stacks` are all stacks of the project, in deployment order.

    Every stack that `arqctl plan ENV` plans must have a plan. Other stacks of the environments, such as the
    bootstrap stack and those in `separate`, may have one.

    Raises:
        InputError: when a plan is missing, can't be read, belongs to no reviewed stack, or has resources of
            another stack. A change that the review ignores must not look reviewed.
    """
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not files:
        raise InputError([Problem(str(folder), "holds no plan", _FIX)])
    by_name = {stack.name: stack for stack in select_stacks(stacks, *environments)}
    problems = [*_missing(folder, files, stacks, environments, separate)]
    texts: dict[str, str] = {}
    for file in files:
        try:
            stack = by_name.get(file.stem)
            if not stack:
                what = f"belongs to no reviewed stack ({', '.join(sorted(by_name))})"
                problems.append(Problem(str(file), what, "Remove the file, or name its environment"))
            text = _read(file)
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(str(file), f"can't be read: {error}", _FIX))
        except InputError as error:
            problems += error.problems
        else:
            if stack:
                problems += _foreign(file, text, stack)
            texts[file.stem] = text
    if problems:
        raise InputError(problems)
    return texts


def _missing(
    folder: Path,
    files: Sequence[Path],
    stacks: Sequence[Stack],
    environments: Sequence[str],
    separate: Sequence[str],
) -> Iterator[Problem]:
    names = environments or sorted({stack.environment for stack in stacks})
    planned = {file.stem for file in files}
    for stack in select_deployable_stacks(stacks, names, separate=separate):
        if stack.name not in planned:
            fix = (
                f"Make it with `arqctl plan {stack.environment} --out-dir {folder}`,"
                " or name the environments that have plans"
            )
            yield Problem(str(folder / f"{stack.name}.json"), "is missing", fix)


def _read(file: Path) -> str:
    content = file.read_bytes()
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        fix = f"{_FIX}; in PowerShell, write it with `Out-File -Encoding utf8`"
        raise InputError([Problem(str(file), "is UTF-16, and must be UTF-8", fix)])
    return content.decode("utf-8-sig")


def _foreign(file: Path, text: str, stack: Stack) -> Iterator[Problem]:
    """Yield a problem if the plan keeps or creates a resource that the stack doesn't have.

    Resources of modules are not compared, because the stack has only the module's call.
    """
    try:
        document: Json = json.loads(text)
    except (ValueError, RecursionError):
        return  # The parser reports it with its cause.
    rows = map(as_object, as_list(as_object(document).get("resource_changes")))
    unknown = [
        address
        for row in rows
        if row.get("mode") == "managed"
        and not row.get("deposed")
        and as_list(as_object(row.get("change")).get("actions")) not in _DELETIONS
        and not (address := as_text(row.get("address")).partition("[")[0]).startswith("module.")
        and address not in stack.blocks
    ]
    if unknown:
        what = (
            f"is a plan of another stack or of another commit: {stack.name} has no {unknown[0]}"
            f" ({len(unknown):,} of its resources are unknown)"
        )
        yield Problem(str(file), what, f"Plan this commit: `arqctl plan {stack.environment} --out-dir DIR`")
