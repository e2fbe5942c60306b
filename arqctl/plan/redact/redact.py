"""Finds and replaces secrets that the schema doesn't mark, by name and by form.

Nothing of a secret is left in a redacted text: no length, no beginning, no digest.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import cache, lru_cache
from importlib.resources import files

from arqctl.core.json_access import Body, Json
from arqctl.plan.redact.entropy import is_random

SECRET, OTHER_SECRET = "(secret)", "(another secret)"

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATOR = re.compile(r"[^A-Za-z0-9]+")
_WHOLE_ARN = re.compile(r"arn:aws[a-z-]{0,20}:[\w:/.*@+$-]+")
_SHORTEST = 8
"""Shorter texts are checked by name only: no known form is so short."""

_REMEMBERED = 400
_WORD = r"\b"

# `NAME=value`, `name: value`, `"name": "value"`, `--name value`; what follows is the value, quoted or not,
# also within quotes. The length of names is limited, so that a text of a megabyte is searched only once.
_ASSIGNED = re.compile(
    r"""(?<!\w)(?P<name>[A-Za-z_][\w.-]{0,80})"""
    r"""(?P<by>\\*["']?\s{0,9}=>?\s{0,9}|\\*["']\s{0,9}:\s{0,9}|:[ \t]{1,9})"""
    r"""(?P<value>[|>][+-]?[ \t]*\n(?:[ \t]+\S.*(?:\n|$))+|\\+"[^"\\]*\\+"|"(?:[^"\\]|\\.)*"|'[^']*'"""
    r"""|(?:(?i:bearer|basic|digest|apikey|token)[ \t]+)?[^\s;,&"'\\]+)"""
)
_OPTION = re.compile(
    r"""(?<![\w-])--?(?P<name>[A-Za-z][\w-]{0,80})(?P<by>[ \t]{1,9})(?P<value>"[^"]*"|'[^']*'|[^\s-]\S*)"""
)
# Expressions of a shell or a template, and words that are no secret.
_HARMLESS_VALUE = re.compile(r"""["']?(?:\$\(.*|\$\{[^}]*\}|\$[A-Z_]+|true|false|null|none|yes|no)["']?""")
# A user, a colon and a password before a host; or anything before a host, since tokens occur there too.
_USERINFO = r"(?<=://)(?:[^\s/@:\"']{0,200}:[^\s\"'<>]{0,400}(?=@)|(?!git@)[^\s/@:\"']{1,400}(?=@))"


def is_secret_name(name: str) -> bool:
    """Return whether a value with this name is secret, however the name is written."""
    return _is_secret_name(name)


def is_secret_part(name: str) -> bool:
    """Return whether a name inside of a secret block is secret. Names and ARNs of a secret are not."""
    words = _words(name)
    return words not in _data().describing and not (
        _data().harmless.search(words) or words.startswith("public")
    )


def is_secret_by_sibling(name: str, block: Body) -> bool:
    """Return whether a sibling names the value as secret: `{ name = "DB_PASSWORD", value = "…" }`."""
    if _words(name) in _data().named_below:
        return any(map(_is_secret_name, _sibling_names(block)))
    if _words(name) not in _data().named:
        return False
    if block.get("type") == "SecureString":
        return True
    names = (name for key, name in block.items() if _words(key) in _data().naming)
    return any(isinstance(each, str) and _is_secret_name(each) for each in names)


def is_secret_content(name: str, block: Body) -> bool:
    """Return whether all values below the name are secret, as in the data of a Kubernetes secret."""
    return block.get("kind") == "Secret" and _words(name) in ("data", "string_data")


def is_secret_value(value: Json) -> bool:
    """Return whether a value with a secret name can be secret. Booleans, AWS keywords and ARNs can not."""
    if isinstance(value, str):
        return value != "" and value.lower() not in _data().keywords and not _is_arn(value)
    return value is not None and not isinstance(value, bool)


def is_script(name: str) -> bool:
    """Return whether a value with this name is a script, which may hold secrets in any form."""
    return _data().scripts.fullmatch(_words(name)) is not None


def redact(text: str, name: str = "") -> str:
    """Return the text with every secret replaced, by form. `name` is the argument's name, if any."""
    return redact_pair("", text, name)[1].replace(OTHER_SECRET, SECRET)


def redact_pair(before: str, after: str, name: str = "") -> tuple[str, str]:
    """Return both texts with every secret replaced; new secrets in `after` become "another".

    So a secret that changed still shows as a change once it is redacted.
    """
    is_short = len(before) + len(after) <= _REMEMBERED
    return _redact_short_pair(before, after, name) if is_short else _redact_pair(before, after, name)


def _redact_pair(before: str, after: str, name: str) -> tuple[str, str]:
    found: list[str] = []

    def remember(secret: str) -> str:
        found.append(secret)
        return SECRET

    redacted = _redact_text(before, name, remember)
    known = frozenset(found)
    return redacted, _redact_text(
        after, name, lambda secret: SECRET if secret in known or not known else OTHER_SECRET
    )


# A release changes the same tags of a thousand resources.
_redact_short_pair = lru_cache(maxsize=8192)(_redact_pair)


def _redact_text(text: str, name: str, replace_secret: Callable[[str], str]) -> str:
    if len(text) < _SHORTEST:
        return text
    data = _data()
    may_be_random = not data.random.search(_words(name))

    def replaced(match: re.Match[str]) -> str:
        found = match.group()
        if match.lastgroup == "candidate" and may_be_random and is_random(found):
            return replace_secret(found)
        if match.lastgroup in ("candidate", "public"):
            return data.shapes.sub(lambda inner: replace_secret(inner.group()), found)
        return replace_secret(found)

    def assigned(match: re.Match[str]) -> str:
        value = match["value"]
        inside = value.strip("\\\"'").strip()
        if inside in (SECRET, "") or not _is_secret_name(match["name"]) or _is_harmless(value):
            return match.group()
        text_before = match.group().removesuffix(value)
        return f"{text_before}{replace_secret(inside)}{_line_end(value)}"

    may_name_secrets = _may_name_secrets(text)
    if may_name_secrets or any(word in text.lower() for word in data.rare_words):
        text = _OPTION.sub(assigned, _ASSIGNED.sub(assigned, text))
    text = data.forms.sub(replaced, text)
    if may_name_secrets and (is_script(name) or text.startswith(("#!", "#cloud-config"))):
        text = "\n".join(_script_line(line, replace_secret) for line in text.split("\n"))
    return text


def _script_line(line: str, replace_secret: Callable[[str], str]) -> str:
    """Replace a script's whole line if it still mentions a secret."""
    if not _may_name_secrets(line):
        return line
    words = _WHOLE_ARN.sub("", line).replace(OTHER_SECRET, SECRET).split()
    left = " ".join(word for word in words if SECRET not in word)
    return replace_secret(line.strip()) if _may_name_secrets(left) else line


def _may_name_secrets(text: str) -> bool:
    """Return whether a text contains any word of a secret's name. Most texts don't, which saves time."""
    lowered = text.lower()
    return any(word in lowered for word in _data().words)


def _sibling_names(value: Json) -> Iterator[str]:
    """Yield every name that a block or a block within it states."""
    if isinstance(value, list):
        yield from (name for each in value for name in _sibling_names(each))
    elif isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, str) and _words(key) in _data().naming:
                yield each
            yield from _sibling_names(each)


def _line_end(value: str) -> str:
    """Return a line break if the value spans several lines."""
    return "\n" if value.endswith("\n") else ""


def _is_harmless(value: str) -> bool:
    return _HARMLESS_VALUE.fullmatch(value) is not None or _is_arn(value.strip("\"'"))


def _is_arn(value: Json) -> bool:
    return isinstance(value, str) and _WHOLE_ARN.fullmatch(value) is not None


@lru_cache(maxsize=8192)
def _words(name: str) -> str:
    return _SEPARATOR.sub("_", _CAPITAL.sub("_", name)).strip("_").lower()


@lru_cache(maxsize=8192)
def _is_secret_name(name: str) -> bool:
    words, data = _words(name), _data()
    if data.after_all.search(words):
        return True
    return bool(data.secret.search(words)) and not data.harmless.search(words)


class _Data:
    """The combined expressions of secrets.toml."""

    def __init__(self) -> None:
        text = files("arqctl.plan.redact").joinpath("secrets.toml").read_text(encoding="utf-8")
        document = tomllib.loads(text)
        names, shapes = document["names"], _joined(document["shapes"].values())
        self.secret = _any(names["secret"])
        self.harmless = _any(names["harmless"])
        self.after_all = _any(names["secret_after_all"])
        self.random = _any(names["random"])
        self.scripts = _any(names["scripts"])
        self.keywords: Set[str] = frozenset(names["keywords"])
        self.words: Sequence[str] = names["words"]
        self.rare_words: Sequence[str] = names["rare_words"]
        self.describing: Set[str] = frozenset(names["describing"])
        self.naming: Set[str] = frozenset(names["naming"])
        self.named: Set[str] = frozenset(names["named"])
        self.named_below: Set[str] = frozenset(names["named_below"])
        self.shapes = re.compile(shapes)
        public = _joined(document["public"].values())
        self.forms = re.compile(
            f"(?P<userinfo>{_USERINFO})|(?P<shape>{shapes})|(?P<public>{public})"
            r"|(?P<candidate>[A-Za-z0-9+/_-]{20,}={0,2})"
        )


def _any(expressions: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in expressions))


def _joined(expressions: Iterable[str]) -> str:
    """Return one expression for all. Words are tried at word boundaries only."""
    at_words = [each.removeprefix(_WORD) for each in expressions if each.startswith(_WORD)]
    others = [each for each in expressions if not each.startswith(_WORD)]
    return "|".join([f"{_WORD}(?:{'|'.join(at_words)})", *others])


@cache
def _data() -> _Data:
    return _Data()


_INSTANCE_KEY = re.compile(r"\[\"((?:[^\"\\]|\\.)*)\"\]")


class InstanceKeyRedactor:
    """Redacts keys of instances in a plan's addresses, `aws_x.y["KEY"]`, which users choose.

    Secrets are numbered, so that different ones still differ.
    """

    def __init__(self, addresses: Iterable[str]) -> None:
        keys = {key for address in addresses for key in _INSTANCE_KEY.findall(address)}
        secrets = sorted(key for key in keys if redact(key) != key)
        self._redacted = {key: SECRET if at == 1 else f"(secret {at})" for at, key in enumerate(secrets, 1)}

    def redact(self, address: str) -> str:
        """Return the address without secrets."""
        if not self._redacted:
            return address
        return _INSTANCE_KEY.sub(lambda match: f'["{self._redacted.get(match[1], match[1])}"]', address)
