"""Rendering of pages, and properties of standard output."""

import sys

import pytest
from rich.table import Table
from rich.text import Text

from arqctl.core.console import output_has_color, output_width, render_page


def test_color_does_not_change_the_text() -> None:
    parts = [Text("danger", style="bold red")]
    plain, colored = render_page(parts, width=80, color=False), render_page(parts, width=80, color=True)
    assert plain == "danger\n"
    assert colored.startswith("\x1b[1;31mdanger\x1b[0m")


def test_tables_fit_the_width_and_texts_are_not_wrapped() -> None:
    table = Table("name", "what", box=None)
    table.add_row("a", "word " * 20)
    *rows, long, _ = render_page([table, Text("x" * 100)], width=40, color=False).split("\n")
    assert len(rows) > 2
    assert max(map(len, rows)) <= 40
    assert all(row == row.rstrip() for row in rows)
    assert long == "x" * 100


def test_output_without_a_terminal_has_no_color_and_the_default_width(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    assert (output_width(), output_width(default=100), output_has_color()) == (80, 100, False)


def test_a_terminal_has_its_width_and_color_unless_no_color_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "132")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert (output_width(), output_has_color()) == (132, True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert (output_width(), output_has_color()) == (132, False)
