"""What is secret in a plan where its schema doesn't say so: by name, and by form.

Nothing of a secret is left in a masked text: no length, no beginning, no digest.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Set
from functools import cache, lru_cache
from importlib.resources import files

from arqctl.assembly import Body, Json
from arqctl.review.randomness import is_random

SECRET, OTHER_SECRET = "(secret)", "(another secret)"

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATOR = re.compile(r"[^A-Za-z0-9]+")
_WHOLE_ARN = re.compile(r"arn:aws[a-z-]*:[\w:/.*@+$-]+")
_SHORTEST = 8
"""Texts shorter than this are judged by name only: nothing that long is a secret by its form."""

# `NAME=value`, `name: value`, `"name": "value"`, `--name value`; what follows is the value, quoted or not.
_ASSIGNED = re.compile(
    r"""(?P<name>[A-Za-z_][\w.-]*)(?P<by>["']?\s*=>?\s*|["']\s*:\s*|:[ \t]+)"""
    r"""(?P<value>[|>][+-]?[ \t]*\n(?:[ \t]+\S.*(?:\n|$))+|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s;,&"']+)"""
)
_OPTION = re.compile(r"""--?(?P<name>[A-Za-z][\w-]*)(?P<by>[ \t]+)(?P<value>"[^"]*"|'[^']*'|[^\s-]\S*)""")
# What a shell or a template puts there later, and words that are no secret.
_HARMLESS_VALUE = re.compile(r"""["']?(?:\$\(.*|\$\{[^}]*\}|\$[A-Z_]+|true|false|null|none|yes|no)["']?""")
# A user, a colon and a password before a host; or anything before a host, as tokens stand there too.
_USERINFO = r"(?<=://)(?:[^\s/@:\"']*:[^\s\"'<>]*(?=@)|(?!git@)[^\s/@:\"']+(?=@))"


def is_secret_name(name: str) -> bool:
    """Whether what stands under this name is secret, however the name is written."""
    return _is_secret_name(name)


def is_secret_part(name: str) -> bool:
    """Whether what stands under this name within something secret is: its ARN or its name is not."""
    words = _words(name)
    return words not in _data().telling and not (_data().harmless.search(words) or words.startswith("public"))


def named_by_sibling(name: str, block: Body) -> bool:
    """Whether a sibling tells that the value is secret: `{ name = "DB_PASSWORD", value = "…" }`."""
    if _words(name) not in _data().named:
        return False
    if block.get("type") == "SecureString":
        return True
    names = (told for key, told in block.items() if _words(key) in _data().naming)
    return any(isinstance(told, str) and _is_secret_name(told) for told in names)


def is_secret_value(value: Json) -> bool:
    """Whether a value under a secret name can be one: a switch or an ARN isn't."""
    return value is not None and not isinstance(value, bool) and value != "" and not _is_arn(value)


def is_script(name: str) -> bool:
    """Whether a script stands under this name, which may hold secrets in any form."""
    return _data().scripts.fullmatch(_words(name)) is not None


def hide(text: str, name: str = "") -> str:
    """The text with every secret in it replaced, by form. `name` is what it stands under, if anything."""
    return hide_both("", text, name)[1].replace(OTHER_SECRET, SECRET)


def hide_both(before: str, after: str, name: str = "") -> tuple[str, str]:
    """Both texts with every secret replaced; in `after`, those that aren't in `before` by "another".

    So a secret that changed still shows as a change once it is masked.
    """
    found: list[str] = []

    def remember(secret: str) -> str:
        found.append(secret)
        return SECRET

    masked = _hide(before, name, remember)
    known = frozenset(found)
    if not known:
        return masked, _hide(after, name, lambda _: SECRET)
    return masked, _hide(after, name, lambda secret: SECRET if secret in known else OTHER_SECRET)


def _hide(text: str, name: str, stand_in: Callable[[str], str]) -> str:
    if len(text) < _SHORTEST:
        return text
    data = _data()
    may_be_random = not data.random.search(_words(name))

    def replaced(match: re.Match[str]) -> str:
        found = match.group()
        match match.lastgroup:
            case "public":
                return data.shapes.sub(lambda inner: stand_in(inner.group()), found)
            case "candidate":
                return stand_in(found) if may_be_random and is_random(found) else found
            case _:
                return stand_in(found)

    def assigned(match: re.Match[str]) -> str:
        value = match["value"]
        inside = value.strip("\"'").strip()
        if inside in (SECRET, "") or not _is_secret_name(match["name"]) or _is_harmless(value):
            return match.group()
        return f"{match['name']}{match['by']}{stand_in(inside)}{_line_end(value)}"

    if data.word.search(text):
        text = _OPTION.sub(assigned, _ASSIGNED.sub(assigned, text))
    text = data.forms.sub(replaced, text)
    if is_script(name) or text.startswith(("#!", "#cloud-config")):
        text = "\n".join(_script_line(line, stand_in) for line in text.split("\n"))
    return text


def _script_line(line: str, stand_in: Callable[[str], str]) -> str:
    """A line of a script that speaks of a secret and isn't masked yet is masked as a whole."""
    if SECRET in line or OTHER_SECRET in line or not _data().word.search(_WHOLE_ARN.sub("", line)):
        return line
    return stand_in(line.strip())


def _line_end(value: str) -> str:
    """What follows a value of several lines begins on a new one."""
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
    """The expressions of secrets.toml, joined."""

    def __init__(self) -> None:
        text = files("arqctl.review").joinpath("secrets.toml").read_text(encoding="utf-8")
        document = tomllib.loads(text)
        names, shapes = document["names"], "|".join(document["shapes"].values())
        self.secret = _any(names["secret"])
        self.harmless = _any(names["harmless"])
        self.after_all = _any(names["secret_after_all"])
        self.random = _any(names["random"])
        self.scripts = _any(names["scripts"])
        self.telling: Set[str] = frozenset(names["telling"])
        self.naming: Set[str] = frozenset(names["naming"])
        self.named: Set[str] = frozenset(names["named"])
        self.shapes = re.compile(shapes)
        public = "|".join(document["public"].values())
        self.forms = re.compile(
            f"(?P<userinfo>{_USERINFO})|(?P<shape>{shapes})|(?P<public>{public})"
            r"|(?P<candidate>[A-Za-z0-9+/_=-]{20,})"
        )
        # Whether a text speaks of secrets at all: most don't, and needn't be looked through.
        self.word = re.compile(
            r"(?i)pass|pwd|secret|token|credential|key|auth|dsn|psk|jwt|cookie|otp|sas|salt|seed|pin\b"
            r"|connection|webhook|ur[il]|sensitive|pem|netrc"
        )


def _any(expressions: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in expressions))


@cache
def _data() -> _Data:
    return _Data()
