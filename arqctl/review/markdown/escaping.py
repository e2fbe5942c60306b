"""Texts of others in a page of ours: whatever they hold, they stay text.

A code host gives a meaning to more than Markdown does: names after an at sign, numbers after a hash, bare
addresses, dollars, colons. In a code span it gives none to anything; in prose each is broken or spelled out.
"""

import re
from collections.abc import Sequence
from html import escape

LONGEST = 160
"""Characters of a text that are shown where the caller says nothing else."""

# What is obeyed or not seen: controls, directions, joiners, fillers, halves of pairs, private characters.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    r"\ud800-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001fffe-\U0001ffff"
    r"\U000e0000-\U0010ffff]"
)
_NAMED = {"\n": "↵", "\r": "", "\t": " "}
_GAP = "\u200b"
"""A space without width: it ends what a host would take for a name, a number or an address."""
_MEANT = re.compile(
    r"""[&<>|`*\[\]~$\\\#@]
    |(?<![^\W_])_|_(?![^\W_])               # an underscore within a word means nothing
    |:(?=//|[\w+-]+:)                       # an address, or an emoji's name
    |(?<![^\W_])(?:www(?=\.)|gh(?=-\d))      # an address, or an issue
    |^(?:[-+=]|\d+(?=[.)]))                 # a list, or the line below a heading""",
    re.VERBOSE | re.IGNORECASE,
)
_BACKTICKS = re.compile("`+")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~:/?#@!$&'*+,;=%-]*)?")
_LONGEST_ADDRESS = 300


def visible(text: str, longest: int = LONGEST) -> str:
    """One line of at most so many characters, in which everything is seen."""
    seen = _UNSEEN.sub(_spelled, text[: longest + 1])
    return seen if max(len(seen), len(text)) <= longest else f"{seen[: longest - 1]}…"


def code(text: str, longest: int = LONGEST) -> str:
    """A code span. In a table, `row` spells its pipes."""
    shown = visible(text, longest)
    if not shown.strip():
        return "(blank)" if shown else "(empty)"
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def html_code(text: str, longest: int = LONGEST) -> str:
    """The same as HTML, for where Markdown isn't read."""
    return f"<code>{escape(visible(text, longest))}</code>"


def prose(text: str, longest: int = 2 * LONGEST) -> str:
    """Plain words, which mean the same in Markdown and in HTML. Four spaces before them would mean code."""
    return _MEANT.sub(_meaningless, visible(text, longest).strip())


def row(*cells: str) -> str:
    """A row of a table. A pipe in a cell would begin another."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def link(label: str, address: str) -> str:
    """A link of ours, or the label alone where the address isn't one of the web's."""
    if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        return label
    return f"[{label}]({address.replace('&', '&amp;')})"


def fence_for(lines: Sequence[str]) -> str:
    """What begins and ends a block of these lines, and stands in none of them."""
    return "`" * max(3, *(_longest_run(line) + 1 for line in lines), 0)


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0) if "`" in text else 0


def _spelled(match: re.Match[str]) -> str:
    character = match[0]
    return _NAMED.get(character, f"⟨U+{ord(character):04X}⟩")


def _meaningless(match: re.Match[str]) -> str:
    text = match[0]
    if text[0].isalnum() or text in ":@":
        return f"{text}{_GAP}"
    return f"&#{ord(text)};{_GAP}" if text == "#" else f"&#{ord(text)};"
