"""Tests of the language: plain words, short sentences, and names without slang. prose.toml has the lists."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
RULES = tomllib.loads((Path(__file__).parent / "prose.toml").read_text())
LONGEST_SENTENCE, LONGEST_MEAN = 30, 15  # words
WORD, NAME = r"\b(?:{})\b", r"(?:\b|(?<=_))(?:{})(?=_|\b)"
BLOCK_START = re.compile(r"\s*(#|\||[-*] |\d+\. )")
SENTENCE_END = re.compile(
    r"(?<=[.!?:])[)\"*_]*\s+(?=[\"(*\[]*[A-Z0-9])|\n\s*(?:\n|[-*] |\d+\. |`?\w+`?: )|\|"
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
    documented = (
        node for node in nodes(path) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    )
    docstrings = {id(node.body[0].value) for node in documented if ast.get_docstring(node, clean=False)}  # type: ignore[attr-defined]
    parts = {id(part) for node in nodes(path) if isinstance(node, ast.JoinedStr) for part in node.values}
    is_test = path.is_relative_to(ROOT / "tests")
    for node in nodes(path):
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
    for node in nodes(path):
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
def nodes(path: Path) -> list[ast.AST]:
    """Return all nodes of a module's syntax tree."""
    return list(ast.walk(ast.parse(path.read_text())))


@cache
def files(*suffixes: str) -> list[Path]:
    """Return the files with one of these suffixes or names."""
    found = (path for folder in RULES["folders"] for path in (ROOT / folder).rglob("*"))
    nested = (path for path in found if "node_modules" not in path.parts)
    wanted = (path for path in (*ROOT.iterdir(), *nested) if path.suffix in suffixes or path.name in suffixes)
    return sorted(path for path in wanted if not path.name.endswith(("_pb2.py", "prose.toml")))


@cache
def texts() -> list[Text]:
    """Return all prose."""
    python, data, pages = files(".py"), files(".toml", ".yml", ".yaml", "Makefile"), files(".md")
    sources = ((paragraphs, pages), (comments, python + data), (quoted, data), (literals, python))
    return [text for read, paths in sources for path in paths for text in read(path)]


def violations(rules: dict[str, str], template: str, wanted: Iterable[Text]) -> list[str]:
    """Return the place, the match and the advice for each match of a rule."""
    any_rule = re.compile("|".join(template.format(rule) for rule in rules), re.IGNORECASE)
    each_rule = [(re.compile(template.format(rule), re.IGNORECASE), advice) for rule, advice in rules.items()]
    return [
        f"{text.place(match.start())}: {match[0]!r}: use {advice}"
        for text in wanted
        if any_rule.search(text.text)
        for rule, advice in each_rule
        for match in rule.finditer(text.text)
    ]


def without_allowed(text: Text) -> Text:
    """Return the text with code and the allowed phrases blanked out."""
    allowed = "|".join(["`[^`]*`", *map(re.escape, RULES["allowed"])])
    return text._replace(text=re.sub(allowed, lambda match: re.sub(r"\S", "_", match[0]), text.text))


def long_sentences(text: Text) -> Iterator[str]:
    """Yield a message for each sentence that is too long."""
    for words in map(str.split, text.sentences()):
        if len(words) > LONGEST_SENTENCE:
            yield f"{text.place()}: {len(words)} words, at most {LONGEST_SENTENCE}: {' '.join(words)}"


def long_pages() -> Iterator[str]:
    """Yield a message for each page with too long sentences on average."""
    for path in files(".md"):
        average = mean(len(sentence.split()) for text in paragraphs(path) for sentence in text.sentences())
        if average > LONGEST_MEAN:
            yield f"{path.relative_to(ROOT)}: {average:.0f} words a sentence on average, not {LONGEST_MEAN}"


def report(problems: list[str]) -> None:
    """Fail with all problems, which an assertion would shorten."""
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


def test_words_are_plain() -> None:
    report(violations(RULES["words"], WORD, map(without_allowed, texts())))


def test_sentences_are_short() -> None:
    report([*long_pages(), *(problem for text in texts() for problem in long_sentences(text))])


def test_names_are_standard_terms() -> None:
    report(violations(RULES["names"], NAME, (name for path in files(".py") for name in names(path))))


def test_violations_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    page, module = tmp_path / "page.md", tmp_path / "module.py"
    page.write_text("# Title\n\nThe gate\njudges `told` stacks.\n\n    $ told\n")
    module.write_text('"""Is told."""\n\nuntold_plan = f"is not {1} said"  \x23 a house rule\n')
    prose = [*paragraphs(page), *literals(module), *comments(module)]
    found = violations(RULES["words"], WORD, map(without_allowed, prose))
    assert [problem.partition(": use")[0] for problem in found] == [
        "page.md:4: 'judges'",
        "module.py:1: 'told'",
        "module.py:3: 'said'",
        "module.py:3: 'house'",
    ]
    assert len(violations(RULES["names"], NAME, names(module))) == 1
    assert len(list(long_sentences(Text(page, 1, "word " * 31)))) == 1
