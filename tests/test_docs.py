"""Tests that links in the docs resolve, and that arqctl accepts the commands that they show."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from arqctl.__main__ import app

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "policies/README.md", *sorted((ROOT / "docs").glob("*.md")))
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def headings(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


def commands(page: Path) -> Iterator[list[str]]:
    """Yield the arguments of each arqctl command in a code block."""
    for line in re.findall(r"^(?:\$ | {4})arqctl (.*)$", page.read_text(), re.MULTILINE):
        yield shlex.split(line.partition(" || ")[0], comments=True)


@each_page
def test_links_resolve(page: Path) -> None:
    for link in re.findall(r"\]\((?!https:)([^)\s]+)\)", page.read_text()):
        path, _, heading = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not heading or heading in headings(target), link


@each_page
def test_arqctl_commands_are_valid(page: Path) -> None:
    known = typer.main.get_group(app).commands
    for word, *arguments in commands(page):
        assert word in known
        context = known[word].context_class(known[word], info_name=word)
        known[word].make_parser(context).parse_args(arguments)


def test_all_arqctl_commands_are_documented() -> None:
    shown = {word for page in PAGES for word, *_ in commands(page)}
    mentioned = {word for page in PAGES for word in re.findall(r"`arqctl (\w+)", page.read_text())}
    assert set(typer.main.get_group(app).commands) <= shown | mentioned


def test_readme_links_to_all_pages() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [page.name for page in PAGES[2:] if f"(docs/{page.name})" not in readme] == []
