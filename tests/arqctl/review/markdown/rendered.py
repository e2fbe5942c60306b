"""Parses a rendered page, and finds everything in it that the renderer didn't write."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "<script>",
    "</details>",
    "<!-- arqctl review -->",
    "-->",
    "@octocat",
    "@arq/security",
    "#123",
    "GH-12",
    "arq/platform#9",
    "http://evil.example",
    "www.evil.example",
    "mailto:a@b.example",
    "mallory@evil.example",
    "[a](http://b)",
    "![a](http://b)",
    "[a]: http://b",
    "`",
    "```",
    "``",
    "~~~",
    "~~gone~~",
    "|",
    "\\",
    "\\|",
    "*b*",
    "__b__",
    "_",
    "$x$",
    ":key:",
    "&lt;",
    "&#64;x",
    "\n",
    "\n\n",
    "\r",
    "\t",
    "\x00",
    "\x1b[31m",
    "\u202e",
    "\u200b",
    "\u2028",
    "\ud800",
    "# h",
    "- l",
    "1. l",
    "2) l",
    "+ l",
    "> q",
    "===",
    "---",
    "    four",
    "| --- |",
    "é",
    "漢",
    "😀",
    " ",
    "a",
    "production",
)
"""Texts with a meaning in Markdown or on a code host, and texts of many bytes."""

hostile_texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=4), max_size=6).map("".join)

_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_OWN_HTML = re.compile(
    r"<!-- arqctl review -->|</details>"
    r"|<details><summary>(?:[^<>]|<code>[^<>]*</code>)*</summary>"
)
_OWN_TITLES = "No changes|Partial|Changes|Danger|Gaps in this review|Policy|Access|Cost"
_HEADING = re.compile(rf"(?:{_OWN_TITLES})\b.*|(?:`|\(empty\)|\(blank\)).*")
_KNOWN = frozenset(
    f"{block}_{end}"
    for block in ("heading", "blockquote", "paragraph", "bullet_list", "list_item", "table", "thead", "tbody")
    for end in ("open", "close")
) | {"tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close", "inline", "fence", "html_block"}
_ACTIVE = re.compile(
    r"(?<!\w)@[A-Za-z0-9]|#\d|\bGH-\d|\w://\w|\bwww\.\w|[\w.+-]@[\w-]|:[\w+-]+:", re.IGNORECASE
)
_INLINE = frozenset(
    {"text", "code_inline", "softbreak", "strong_open", "strong_close", "link_open", "link_close"}
)


def parse(page: str) -> list[Token]:
    """Return the blocks of a page, parsed as CommonMark with tables."""
    return _PARSER.parse(page)


def foreign(page: str, *, links: Iterable[str] = ()) -> list[str]:
    """Return the parts of a page that the renderer never writes, and active mentions and links."""
    tokens = parse(page)
    return [*_foreign_blocks(tokens), *_foreign_spans(tokens, frozenset(links)), *_uneven_rows(page, tokens)]


def _foreign_blocks(tokens: list[Token]) -> Iterator[str]:
    depth = 0
    for before, token in pairwise([tokens[0], *tokens] if tokens else []):
        if before.type == "heading_open" and not _HEADING.fullmatch(token.content):
            yield f"a heading {token.content!r}"
        if token.type not in _KNOWN:
            yield f"a block {token.type}: {token.content!r}"
        if token.type == "html_block":
            depth += token.content.count("<details>") - token.content.count("</details>")
            yield from (
                f"HTML {line!r}"
                for line in token.content.splitlines()
                if line and not _OWN_HTML.fullmatch(line)
            )
        if token.type == "fence" and token.info not in ("diff", "mermaid"):
            yield f"a fence of {token.info!r}"
        if depth < 0:
            yield "a fold that ends before it starts"
    if depth:
        yield f"{depth} folds that don't end"


def _foreign_spans(tokens: list[Token], links: frozenset[str]) -> Iterator[str]:
    for token in tokens:
        children = token.children or []
        for child in children:
            if child.type not in _INLINE:
                yield f"a span {child.type}: {child.content!r}"
            if child.type == "link_open" and child.attrs["href"] not in links:
                yield f"a link to {child.attrs['href']!r}"
        words = "".join(child.content if child.type == "text" else "\0" for child in children)
        if active := _ACTIVE.search(words):
            yield f"{active[0]!r} in {words!r}"


def _uneven_rows(page: str, tokens: list[Token]) -> Iterator[str]:
    """Yield table rows with more or fewer cells than the head. Parsers drop extra cells."""
    lines = page.split("\n")
    for token in tokens:
        if token.type == "table_open" and token.map:
            rows = lines[slice(*token.map)]
            widths = [line.count("|") - line.count("\\|") for line in rows if line.strip()]
            yield from (
                f"a row of another width: {line!r}"
                for line, width in zip(rows, widths, strict=False)
                if width != widths[0]
            )
