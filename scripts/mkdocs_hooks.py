"""MkDocs hooks, so that the site shows the same Markdown files as GitHub does."""

import re
from os.path import relpath
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

PAGES_OUTSIDE_DOCS = ("CHANGELOG.md", "CONTRIBUTING.md", "examples/README.md", "policies/README.md")
_LINK = re.compile(r"\[([^\]]+)\]\((?!\w+:)([^)#\s]+)(#[^)\s]*)?\)")
_ASSET = r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)="
_EXTERNAL_ASSET = re.compile(rf"""{_ASSET}["']?((?:https?:)?//[^"'>\s]+)""")
_LIST_ITEM = re.compile(r" *([-*]|\d+\.) +(?=\S)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages outside of docs/ to the site."""
    root = Path(config.docs_dir).parent
    for page in PAGES_OUTSIDE_DOCS:
        files.append(File.generated(config, page, abs_src_path=str(root / page)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Adapt links and lists to MkDocs."""
    return indent_lists(rewrite_links(markdown, page.file, files))


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> None:  # noqa: ARG001
    """Raise `PluginError` for a page that loads anything from another host."""
    if asset := _EXTERNAL_ASSET.search(output):
        raise PluginError(f"{page.file.src_uri} loads {asset[1]}: the site must work without a network")


def rewrite_links(markdown: str, source: File, files: Files) -> str:
    """Point links to pages at the site, and turn links to other files of the repository into code."""
    uris = {Path(file.abs_src_path).resolve(): file.src_uri for file in files if file.abs_src_path}

    def rewrite(match: re.Match[str]) -> str:
        text, path, anchor = match.groups(default="")
        target = (Path(str(source.abs_src_path)).parent / path).resolve()
        if target in uris:
            return f"[{text}]({relpath(uris[target], Path(source.src_uri).parent)}{anchor})"
        return f"`{text.strip('`')}`" if target.exists() else match[0]

    return _LINK.sub(rewrite, markdown)


def indent_lists(markdown: str) -> str:
    """Adapt lists to Python-Markdown.

    It requires that the contents of an item are indented by four spaces for each level, and that a blank line
    separates items with several paragraphs.
    """
    lines: list[str] = []
    columns: list[int] = []  # start of the contents of each open list item
    fenced = has_paragraphs = False
    for line in markdown.splitlines():
        indentation = len(line) - len(line.lstrip())
        item = None if fenced else _LIST_ITEM.match(line)
        starts_block = item or line.startswith("#") or not lines or not lines[-1]
        if line and starts_block and not fenced:
            columns = [column for column in columns if column <= indentation]
        has_paragraphs = bool(columns or item) and (has_paragraphs or not line)
        if item and has_paragraphs:
            lines.append("")
        removed = min(indentation, columns[-1]) if columns else 0
        lines.append((" " * 4 * len(columns) + line[removed:]).rstrip())
        fenced ^= line.lstrip().startswith("```")
        if item:
            columns.append(item.end())
    return "\n".join(lines)
