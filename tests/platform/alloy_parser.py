"""A strict parser of Alloy's configuration syntax.

https://grafana.com/docs/alloy/latest/get-started/configuration-syntax/syntax/
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+|//[^\n]*|/\*(?s:.*?)\*/)"
    r'|(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<raw>`[^`]*`)"
    r"|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<sign>[{}\[\](),=])"
)
_CONSTANTS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True)
class Reference:
    """The export of a component."""

    path: str


@dataclass(frozen=True)
class Call:
    """A call of a function of the standard library. Its value is unknown."""

    function: str
    arguments: tuple[Any, ...]


@dataclass
class ParsedBlock:
    name: str
    label: str | None
    line: int
    arguments: dict[str, Any] = field(default_factory=dict)
    blocks: list["ParsedBlock"] = field(default_factory=list)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    line: int


def parse(text: str) -> list[ParsedBlock]:
    """Return the blocks of a configuration. Fail with the line for text that is not valid."""
    parser = _Parser(_tokens(text))
    arguments, blocks = parser.body(until="")
    assert not arguments, f"arguments outside of a block: {sorted(arguments)}"
    return blocks


def _tokens(text: str) -> list[_Token]:
    found, position, line = [], 0, 1
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None, f"line {line}: unexpected {text[position]!r}"
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match[0], line))
        line += match[0].count("\n")
        position = match.end()
    return [*found, _Token("end", "", line + 1)]


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._position = 0

    def body(self, until: str) -> tuple[dict[str, Any], list[ParsedBlock]]:
        arguments: dict[str, Any] = {}
        blocks: list[ParsedBlock] = []
        while self._next.text != until:
            self._statement(arguments, blocks)
        return arguments, blocks

    def _statement(self, arguments: dict[str, Any], blocks: list[ParsedBlock]) -> None:
        name = self._take("name")
        if self._next.text == "=":
            self._take("sign", "=")
            assert name.text not in arguments, f"line {name.line}: {name.text} is set twice"
            assert "." not in name.text, f"line {name.line}: {name.text} is no name of an argument"
            arguments[name.text] = self._expression()
        else:
            label = self._string(self._take("string")) if self._next.kind == "string" else None
            block = ParsedBlock(name.text, label, name.line)
            self._take("sign", "{")
            block.arguments, block.blocks = self.body(until="}")
            self._take("sign", "}")
            blocks.append(block)
        last = self._tokens[self._position - 1]
        assert self._next.text == "}" or self._next.line > last.line, f"line {last.line}: two statements"

    def _expression(self) -> Any:
        token = self._take()
        match token.kind:
            case "string":
                return self._string(token)
            case "raw":
                return token.text[1:-1]
            case "number":
                return float(token.text) if "." in token.text else int(token.text)
            case "name":
                return self._named(token)
        assert token.text in ("[", "{"), f"line {token.line}: unexpected {token.text!r}"
        if token.text == "[":
            return self._list("]", self._expression)
        return dict(self._list("}", self._pair))

    def _named(self, token: _Token) -> Any:
        if token.text in _CONSTANTS:
            return _CONSTANTS[token.text]
        if self._next.text != "(":
            return Reference(token.text)
        self._take("sign", "(")
        return Call(token.text, tuple(self._list(")", self._expression)))

    def _pair(self) -> tuple[str, Any]:
        token = self._take()
        assert token.kind in ("name", "string"), f"line {token.line}: unexpected {token.text!r}"
        self._take("sign", "=")
        key = self._string(token) if token.kind == "string" else token.text
        return key, self._expression()

    def _list(self, until: str, element: Callable[[], Any]) -> list[Any]:
        found = []
        while self._next.text != until:
            found.append(element())
            if self._next.text != until:
                self._take("sign", ",")
        self._take("sign", until)
        return found

    @staticmethod
    def _string(token: _Token) -> str:
        try:
            return str(json.loads(token.text))
        except ValueError:
            raise AssertionError(f"line {token.line}: no valid escape in {token.text}") from None

    @property
    def _next(self) -> _Token:
        return self._tokens[self._position]

    def _take(self, kind: str | None = None, text: str | None = None) -> _Token:
        token = self._next
        assert kind in (None, token.kind), f"line {token.line}: expected a {kind}, got {token.text!r}"
        assert text in (None, token.text), f"line {token.line}: expected {text}, got {token.text!r}"
        self._position += 1
        return token
