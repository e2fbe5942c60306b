"""Tests of the repository's own files: code owners, commit hooks, and the documentation site."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import constructs_arq

ROOT = Path(__file__).parents[1]
MKDOCS_HOOKS = runpy.run_path(str(ROOT / "scripts/mkdocs_hooks.py"))


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


def test_site_indents_lists_for_python_markdown() -> None:
    source = "1. One\n   - inner\n\n   ```\n   - code\n   ```\n2. Two\n\nEnd"
    expected = "1. One\n    - inner\n\n    ```\n    - code\n    ```\n\n2. Two\n\nEnd"
    assert MKDOCS_HOOKS["indent_lists"](source) == expected
