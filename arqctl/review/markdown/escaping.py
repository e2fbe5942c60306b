"""Escapes untrusted text for Markdown and HTML.

GitHub and GitLab interpret more than Markdown: `@name`, `#1`, bare URLs, `$` and `:emoji:`. A code span
disables all of them. In prose, each is escaped or broken by a zero-width space.
"""

import re
from collections.abc import Sequence
from html import escape

LONGEST = 160
"""Default maximum number of characters."""

# Control, bidirectional, joining and filler characters, surrogates, and private-use characters.
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    r"\ud800-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001fffe-\U0001ffff"
    r"\U000e0000-\U0010ffff]"
)
_REPLACEMENTS = {"\n": "↵", "\r": "", "\t": " "}
_GAP = "\u200b"
"""A zero-width space: it breaks what a code host would read as a mention, a reference or a URL."""
_SYNTAX = re.compile(
    r"""[&<>|`*\[\]~$\\\#@]
    |(?<![^\W_])_|_(?![^\W_])               # an underscore within a word has no meaning
    |:(?=//|[\w+-]+:)                       # a URL, or an emoji's name
    |(?<![^\W_])(?:www(?=\.)|gh(?=-\d))      # a URL, or an issue
    |^(?:[-+=]|\d+(?=[.)]))                 # a list, or the line below a heading""",
    re.VERBOSE | re.IGNORECASE,
)
_BACKTICKS = re.compile("`+")
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~:/?#@!$&'*+,;=%-]*)?")
_LONGEST_URL = 300


def visible(text: str, longest: int = LONGEST) -> str:
    """Return one line of at most `longest` characters with every invisible character spelled out."""
    shown = _INVISIBLE.sub(_spell_out, text[: longest + 1])
    return shown if max(len(shown), len(text)) <= longest else f"{shown[: longest - 1]}…"


def code(text: str, longest: int = LONGEST) -> str:
    """Return a code span. In a table, `row` escapes its pipes."""
    shown = visible(text, longest)
    if not shown.strip():
        return "(blank)" if shown else "(empty)"
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def html_code(text: str, longest: int = LONGEST) -> str:
    """Return a code span in HTML, for places where Markdown isn't parsed."""
    return f"<code>{escape(visible(text, longest))}</code>"


def prose(text: str, longest: int = 2 * LONGEST) -> str:
    """Return plain text for Markdown and HTML, stripped because four leading spaces would make it code."""
    return _SYNTAX.sub(_escape_syntax, visible(text, longest).strip())


def row(*cells: str) -> str:
    """Return a table row with the pipes of its cells escaped."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def link(label: str, address: str) -> str:
    """Return a link, or only the label if the address isn't an http or https URL."""
    if len(address) > _LONGEST_URL or not _URL.fullmatch(address):
        return label
    return f"[{label}]({address.replace('&', '&amp;')})"


def fence_for(lines: Sequence[str]) -> str:
    """Return a code fence that is longer than any run of backticks in the lines."""
    return "`" * max(3, *(_longest_run(line) + 1 for line in lines), 0)


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0) if "`" in text else 0


def _spell_out(match: re.Match[str]) -> str:
    character = match[0]
    return _REPLACEMENTS.get(character, f"⟨U+{ord(character):04X}⟩")


def _escape_syntax(match: re.Match[str]) -> str:
    text = match[0]
    if text[0].isalnum() or text in ":@":
        return f"{text}{_GAP}"
    return f"&#{ord(text)};{_GAP}" if text == "#" else f"&#{ord(text)};"
