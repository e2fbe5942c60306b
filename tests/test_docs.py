"""Tests that links in the docs resolve, and that arqctl accepts the commands that they show."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import constructs_arq
from arqctl.__main__ import app
from tests.runbook_commands import check_arqctl

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
READMES = (*sorted(ROOT.glob("[a-z]*/README.md")), *sorted(ROOT.glob("examples/*/README.md")))
OTHERS = (ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *READMES)
PAGES = (README, *OTHERS, *sorted((ROOT / "docs").rglob("*.md")))
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def headings(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """Yield the file and the heading of each link that is not to the web."""
    for link in re.findall(r"\]\((?!https:)([^)\s]+)\)", page.read_text()):
        path, _, heading = link.partition("#")
        yield (page.parent / path).resolve() if path else page, heading


def commands(page: Path) -> Iterator[list[str]]:
    """Yield the arguments of each arqctl command in a code block."""
    for line in re.findall(r"^(?:\$ | {4})arqctl (.*)$", page.read_text(), re.MULTILINE):
        yield shlex.split(line.partition(" || ")[0], comments=True)


@each_page
def test_links_resolve(page: Path) -> None:
    for target, heading in links(page):
        assert target.exists(), target
        assert not heading or heading in headings(target), heading


@each_page
def test_arqctl_commands_are_valid(page: Path) -> None:
    for words in commands(page):
        check_arqctl(words, is_mention=False)


def test_all_arqctl_commands_are_documented() -> None:
    shown = {word for page in PAGES for word, *_ in commands(page)}
    mentioned = {word for page in PAGES for word in re.findall(r"`arqctl (\w+)", page.read_text())}
    assert set(typer.main.get_group(app).commands) <= shown | mentioned


def test_readme_links_to_all_pages_directly_or_through_one_page() -> None:
    direct = {target for target, _ in links(README)}
    indirect = {target for page in direct & set(PAGES) for target, _ in links(page)}
    assert set((ROOT / "docs").glob("*.md")) <= direct
    assert set(PAGES) - {README} <= direct | indirect


def test_architecture_lists_all_packages_and_the_layers_of_the_tool() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    roots = (ROOT / "constructs_arq", ROOT / "constructs_arq/observability", ROOT / "arqctl")
    packages = [init.parent.name for root in roots for init in root.glob("*/__init__.py")]
    assert [name for name in packages if not re.search(rf"^ +{name}/ ", page, re.MULTILINE)] == []
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each["name"] == "Layers of arqctl")
    assert f"`{' → '.join(layers[1:])}`" in page


def test_library_page_lists_all_factories_of_existing_resources() -> None:
    page = (ROOT / "docs/library.md").read_text()
    factories = [
        f"{name}.{member}"
        for name in constructs_arq.__all__
        for member in vars(getattr(constructs_arq, name))
        if member.startswith("from_")
    ]
    assert len(factories) > 5
    assert [factory for factory in factories if f"`{factory}(" not in page] == []
