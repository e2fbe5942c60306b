"""Tests of the language: plain words, short sentences, and names without slang. prose.toml has the lists."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import mean
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
RULES = tomllib.loads((Path(__file__).parent / "prose.toml").read_text())
FOLDERS = (
    *(
        "constructs_arq",
        "environments",
        "policies",
        "arqctl",
        "tests",
        "benchmarks",
        "scripts",
        "docs",
        "examples",
    ),
    *(".github", ".gitlab"),
)
LONGEST_SENTENCE, LONGEST_MEAN = 32, 18  # words
BLOCK_START = re.compile(r"\s*(#|\||[-*] |\d+\. )")
SENTENCE_END = re.compile(
    r"(?<=[.!?:])[)\"*_]*\s+(?=[\"(*\[]*[A-Z0-9])|\n\s*(?:\n|[-*] |\d+\. |`?\w+`?: )|\||; "
)


class Text(NamedTuple):
    """A paragraph, comment, docstring, message or name."""

    path: Path
    line: int
    text: str

    def place(self, position: int = 0) -> str:
        """Return the file and line of a position in the text."""
        return f"{self.path.relative_to(ROOT)}:{self.line + self.text.count(chr(10), 0, position)}"

    def sentences(self) -> list[str]:
        """Return the sentences; code counts as one word, a link's target as none."""
        prose = re.sub(r"`[^`]+`|https?://\S+", "Code", re.sub(r"\]\([^)]*\)", "]", self.text))
        return [sentence for sentence in SENTENCE_END.split(prose) if sentence.strip()]


def blocks(path: Path, lines: Iterator[tuple[int, str]]) -> Iterator[Text]:
    """Join adjacent lines; a heading, a list item and a table row start a block."""
    block: list[tuple[int, str]] = []
    for number, line in [*lines, (0, "")]:
        if block and (number != block[-1][0] + 1 or not line.strip() or BLOCK_START.match(line)):
            yield Text(path, block[0][0], "\n".join(text for _, text in block))
            block = []
        if line.strip():
            block.append((number, line))


def paragraphs(path: Path) -> Iterator[Text]:
    """Yield the blocks of a Markdown page, without code."""
    code = re.compile(r"^```.*?^```|^( {4}.*\n)+", re.MULTILINE | re.DOTALL)
    prose = code.sub(lambda match: "\n" * match[0].count("\n"), path.read_text())
    return blocks(path, enumerate(prose.splitlines(), 1))


def comments(path: Path) -> Iterator[Text]:
    """Yield the comments of a Python, TOML or YAML file or of a Makefile."""
    lines = list(enumerate(path.read_text().splitlines(), 1))
    full_lines = ((number, re.match(r"\s*#+:? (.*)", line)) for number, line in lines)
    yield from blocks(path, ((number, match[1]) for number, match in full_lines if match))
    for number, line in lines:
        if trailing := re.search(r"\S\s+#+ (.*)", line):
            yield Text(path, number, trailing[1])


def quoted(path: Path) -> Iterator[Text]:
    """Yield the strings of a file that is not Python, if they have three words or more."""
    source = path.read_text()
    for string in re.finditer(r"\"([^\"\n]*? [^\"\n]* [^\"\n]*)\"|(?:description|name): (.*)", source):
        yield Text(path, source.count("\n", 0, string.start()) + 1, string[1] or string[2])


def literals(path: Path) -> Iterator[Text]:
    """Yield the docstrings of a module and, except in tests, its other strings of three words or more."""
    nodes = list(ast.walk(parsed(path)))
    documented = (node for node in nodes if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef))
    docstrings = {id(node.body[0].value) for node in documented if ast.get_docstring(node, clean=False)}  # type: ignore[attr-defined]
    parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    is_test = path.is_relative_to(ROOT / "tests")
    for node in nodes:
        match node:
            case ast.JoinedStr(values=values):
                text = "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "value" for part in values
                )
            case ast.Constant(value=str(text)) if id(node) not in parts:
                pass
            case _:
                continue
        if id(node) in docstrings or (not is_test and text.count(" ") > 1 and "\n" not in text):
            yield Text(path, node.lineno, text)


def names(path: Path) -> Iterator[Text]:
    """Yield the names that a module defines, in snake case: its own, of classes, functions and variables."""
    yield Text(path, 1, path.stem)
    for node in ast.walk(parsed(path)):
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.arg(arg=name)
                | ast.Name(id=name, ctx=ast.Store())
                | ast.Attribute(attr=name, ctx=ast.Store())
            ):
                yield Text(path, node.lineno, re.sub(r"(?<=[a-z\d])(?=[A-Z])", "_", name).lower())


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text())


@cache
def files(*suffixes: str) -> list[Path]:
    """Return the files with one of these suffixes or names."""
    nested = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    wanted = (path for path in (*ROOT.iterdir(), *nested) if path.suffix in suffixes or path.name in suffixes)
    return sorted(path for path in wanted if not path.name.endswith(("_pb2.py", "prose.toml")))


@cache
def texts() -> list[Text]:
    """Return all prose."""
    python, data, pages = files(".py"), files(".toml", ".yml", ".yaml", "Makefile"), files(".md")
    sources = ((paragraphs, pages), (comments, python + data), (quoted, data), (literals, python))
    return [text for read, paths in sources for path in paths for text in read(path)]


def found(rules: dict[str, str], template: str, wanted: list[Text]) -> list[str]:
    """Return the place, the match and the advice for each match of a rule."""
    any_rule = re.compile("|".join(template.format(rule) for rule in rules), re.IGNORECASE)
    each_rule = [(re.compile(template.format(rule), re.IGNORECASE), advice) for rule, advice in rules.items()]
    return [
        f"{text.place(match.start())}: {match[0]!r}: {advice}"
        for text in wanted
        if any_rule.search(text.text)
        for rule, advice in each_rule
        for match in rule.finditer(text.text)
    ]


def test_words_are_plain() -> None:
    allowed = re.compile("|".join(["`[^`]*`", *map(re.escape, RULES["allowed"])]))
    prose = [
        text._replace(text=allowed.sub(lambda match: re.sub(r"\S", "_", match[0]), text.text))
        for text in texts()
    ]
    assert "\n".join(found(RULES["words"], r"\b(?:{})\b", prose)) == ""


def test_sentences_are_short() -> None:
    long = [
        f"{text.place()}: {len(words)} words, at most {LONGEST_SENTENCE}; split it: {' '.join(words)}"
        for text in texts()
        for words in map(str.split, text.sentences())
        if len(words) > LONGEST_SENTENCE
    ]
    pages = {
        path: [len(s.split()) for text in paragraphs(path) for s in text.sentences()] for path in files(".md")
    }
    heavy = [
        f"{path.relative_to(ROOT)}: {mean(lengths):.0f} words a sentence on average, at most {LONGEST_MEAN}"
        for path, lengths in pages.items()
        if mean(lengths) > LONGEST_MEAN
    ]
    assert "\n".join(long + heavy) == ""


def test_names_are_standard_terms() -> None:
    defined = [name for path in files(".py") for name in names(path)]
    assert "\n".join(found(RULES["names"], r"(?:\b|(?<=_))(?:{})(?=_|\b)", defined)) == ""
