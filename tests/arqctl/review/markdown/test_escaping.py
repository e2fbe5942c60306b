"""Escaped text stays text in every place of a page."""

import pytest
from hypothesis import given

from arqctl.review.markdown.escaping import code, fence_for, html_code, link, prose, row, visible
from tests.arqctl.review.markdown.rendered import HOSTILE, foreign, hostile_texts, parse

ADDRESS = "https://github.com/arq/platform/actions/runs/7?a=1&b=2"


ACTIVE = (
    "<img src=x onerror=alert(1)>",
    "<script>",
    "</details>",
    "@octocat",
    "#123",
    "GH-12",
    "http://evil.example",
    "www.evil.example",
    "mallory@evil.example",
    "[a](http://b)",
    "![a](http://b)",
    "*b*",
    "~~gone~~",
    ":key:",
    "# h",
    "1. l",
    "---",
)


@pytest.mark.parametrize("text", ACTIVE)
def test_the_check_finds_each_of_them_unescaped(text: str) -> None:
    assert foreign(f"{text}\n")


@given(hostile_texts)
def test_prose_stays_prose_in_any_place(text: str) -> None:
    escaped = prose(text)
    table = f"{row('a', 'b')}{row('---', '---')}{row(escaped, escaped)}"
    page = f"{escaped}\n\n- {escaped}\n\n{table}\n> {escaped}\n"
    assert foreign(page) == []


def test_a_dollar_starts_no_formula() -> None:
    """Formulas are detected in the Markdown source, where an entity is no dollar."""
    assert prose("$x$") == "&#36;x&#36;"


@given(hostile_texts)
def test_a_code_span_is_one_span_in_any_place(text: str) -> None:
    escaped = code(text)
    page = f"{escaped}\n\n- {escaped}\n\n{row('a', 'b')}{row('---', '---')}{row(escaped, escaped)}\n"
    assert foreign(page) == []
    spans = [child for token in parse(page) for child in token.children or [] if child.type == "code_inline"]
    shown = visible(text)
    assert [span.content for span in spans] == ([shown] * 4 if shown.strip() else [])


@given(hostile_texts)
def test_prose_and_code_are_safe_in_a_summary(text: str) -> None:
    page = f"<details><summary>{html_code(text)} {prose(text)}</summary>\n\na\n\n</details>\n"
    assert foreign(page) == []


@given(hostile_texts)
def test_a_fence_ends_where_it_should(text: str) -> None:
    lines = [visible(line) for line in text.split("\n")]
    fence = fence_for(lines)
    tokens = parse("\n".join([f"{fence}diff", *lines, fence, "after"]))
    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]


@pytest.mark.parametrize("text", HOSTILE)
def test_invisible_characters_are_spelled_out(text: str) -> None:
    shown = visible(text)
    assert all(character.isprintable() for character in shown), shown
    assert visible(shown) == shown


def test_a_bidirectional_control_is_visible() -> None:
    assert visible("a\u202eb\nc\td\ud800") == "a⟨U+202E⟩b↵c d⟨U+D800⟩"


def test_long_texts_end_with_an_ellipsis() -> None:
    assert visible("a" * 20, 10) == "aaaaaaaaa…"
    assert visible("a" * 10, 10) == "a" * 10
    assert visible("\r" + "a" * 10, 10) == "aaaaaaaaa…"
    assert len(visible("\x00" * 50, 10)) == 10


@given(hostile_texts)
def test_a_cell_is_one_cell(text: str) -> None:
    page = f"{row('a', 'b')}{row('---', '---')}{row(code(text), prose(text))}"
    cells = [token for token in parse(page) if token.type == "td_open"]
    assert len(cells) == 2
    # The parser drops extra cells, so the separators are counted too.
    line = page.splitlines()[2]
    assert line.count("|") - line.count("\\|") == 3


@pytest.mark.parametrize("address", ["https://a.example/x", "http://localhost:8080/a?b=c", ADDRESS])
def test_http_urls_are_links(address: str) -> None:
    assert foreign(link("this run", address), links=[address]) == []
    assert "](" in link("this run", address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "https://user:password@a.example/x",
        "https://a.example/) [b](http://c",
        "https://a.example/\n",
        "ftp://a.example/",
        "//a.example",
        "https://a.example/" + "a" * 300,
    ],
)
def test_any_other_url_is_no_link(address: str) -> None:
    assert link("this run", address) == "this run"
