"""Tests of the repository's own files: code owners, commit hooks, and the documentation site."""

import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import griffe
import pytest
import yaml

import constructs_arq

ROOT = Path(__file__).parents[1]
MKDOCS_HOOKS = runpy.run_path(str(ROOT / "scripts/mkdocs_hooks.py"))


def api_classes() -> Iterator[griffe.Class]:
    """Yield the classes of the API reference."""
    extensions = griffe.load_extensions(str(ROOT / "scripts/griffe_configs.py"))
    library = griffe.load("constructs_arq", search_paths=[ROOT], extensions=extensions)
    for page in (ROOT / "docs/api").glob("*.md"):
        for name in re.findall(r"^::: constructs_arq\.(\S+)$", page.read_text(), re.MULTILINE):
            documented = library[name].final_target if library[name].is_alias else library[name]
            if isinstance(documented, griffe.Class):
                yield documented


def test_code_owners_name_existing_paths() -> None:
    lines = re.findall(r"^(/\S+) +(@.*)$", (ROOT / ".github/CODEOWNERS").read_text(), re.MULTILINE)
    assert [path for path, _ in lines if not (ROOT / path.lstrip("/")).exists()] == []


@pytest.mark.parametrize("path", ["/policies/", "/.github/", "/pyproject.toml"])
def test_security_owns_the_rules(path: str) -> None:
    owners = re.search(rf"^{path} +(.*)$", (ROOT / ".github/CODEOWNERS").read_text(), re.MULTILINE)
    assert owners
    assert "@arq/security" in owners[1].split()


def test_commit_hooks_are_valid_and_local() -> None:
    config = ROOT / ".pre-commit-config.yaml"
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-config", config], check=True)
    repositories = yaml.safe_load(config.read_text())["repos"]
    assert {repository["repo"] for repository in repositories} == {"local"}
    assert {hook["language"] for repository in repositories for hook in repository["hooks"]} == {"system"}


def test_api_reference_contains_all_exported_names() -> None:
    pages = "\n".join(page.read_text() for page in (ROOT / "docs/api").glob("*.md"))
    documented = set(re.findall(r"^::: constructs_arq\.(\w+)$", pages, re.MULTILINE))
    assert documented == set(constructs_arq.__all__) - {"App"}, "update docs/api/PACKAGE.md"


def test_api_reference_shows_the_type_of_each_attribute() -> None:
    untyped = [
        f"{documented.path}.{attribute.name}"
        for documented in api_classes()
        for attribute in documented.members.values()
        if isinstance(attribute, griffe.Attribute) and attribute.is_public and attribute.annotation is None
        if "StrEnum" not in map(str, documented.bases)
    ]
    assert untyped == []


def test_site_has_all_pages() -> None:
    site = (ROOT / "mkdocs.yml").read_text().partition("\nnav:")[2]
    pages = [str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")]
    # The page of runbooks lists these.
    pages = [page for page in pages if not page.startswith("runbooks/")]
    outside = MKDOCS_HOOKS["PAGES_OUTSIDE_DOCS"]
    assert [
        page for page in [*pages, *outside] if not re.search(rf"\b{re.escape(page)}$", site, re.MULTILINE)
    ] == []


def test_site_indents_lists_for_python_markdown() -> None:
    source = "1. One\n   - inner\n\n   ```\n   - code\n   ```\n2. Two\n\nEnd"
    expected = "1. One\n    - inner\n\n    ```\n    - code\n    ```\n\n2. Two\n\nEnd"
    assert MKDOCS_HOOKS["indent_lists"](source) == expected
