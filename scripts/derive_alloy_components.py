"""Derive the arguments and exports of Alloy's components, which the tests compare our configurations with.

    python scripts/derive_alloy_components.py FOLDER COMPONENT…

FOLDER is docs/sources of Alloy's repository. Writes one line for each argument and export: the component, the
block in it (`-` for the component itself), the name, the type, and whether it is required. Blocks have the
type `block`, and exports the block `export`.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

_HEADING = re.compile(r"^#{2,4} (.*)$")
_ROW = re.compile(r"^\| *(?P<cells>.*?) *\|$")
_NAME = re.compile(r"`([\w.]+)`")
_SHARED = re.compile(r'docs/shared lookup="([^"]+)"')
_FOLDERS = {"loki": "components/loki", "local": "components/local", "discovery": "components/discovery"}


def main(folder: Path, components: list[str]) -> None:
    """Print the lines of all components."""
    for component in components:
        for line in derive(folder, component):
            sys.stdout.write(" ".join((component, *line)) + "\n")


def derive(folder: Path, component: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield the block, the name, the type and whether it is required, for each row of the page's tables."""
    place = _FOLDERS.get(component.partition(".")[0], "config-blocks")
    page = folder / "reference" / place / f"{component}.md"
    section = "-"
    for line in _with_shared(folder, page.read_text(encoding="utf-8")):
        if heading := _HEADING.match(line):
            section = _section(heading[1])
        elif section and (row := _ROW.match(line)):
            cells = [cell.strip() for cell in row["cells"].split("|")]
            yield from _entry(section, cells)


def _with_shared(folder: Path, text: str) -> Iterator[str]:
    """Yield the lines of a page, with those of shared pages. Their headings are not of the component."""
    for line in text.splitlines():
        shared = _SHARED.search(line)
        if shared is None:
            yield line
        else:
            content = (folder / "shared" / shared[1]).read_text(encoding="utf-8")
            yield from (each for each in content.splitlines() if not each.startswith("#"))


def _section(heading: str) -> str:
    """Return the block that a heading describes, or nothing for other headings."""
    if heading in ("Arguments", "Usage"):
        return "-"
    if heading == "Blocks":
        return "blocks"
    if heading == "Exported fields":
        return "export"
    block = re.fullmatch(r"`([\w.]+)`(?: block)?", heading)
    return block[1] if block else ""


def _entry(section: str, cells: list[str]) -> Iterator[tuple[str, str, str, str]]:
    names = _NAME.findall(cells[0])
    if not names:
        return
    if section == "blocks":
        parent = names[-2] if len(names) > 1 else "-"
        yield parent, names[-1], "block", cells[-1]
    else:
        # A table of blocks has descriptions instead of types.
        kind = cells[1].strip("`").replace(" ", "") if cells[1].startswith("`") else "block"
        yield section, names[0], kind, "yes" if cells[-1] == "yes" and section != "export" else "no"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
