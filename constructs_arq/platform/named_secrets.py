r"""Expressions for secrets that log lines call by their name, such as `password="hunter2"`.

A text in quotes ends at the same quote. JSON in a text of JSON has one level of escapes more, so that its
quotes are `\"`, and quotes within its texts are `\\\"`.
"""

from typing import Final

# A name ends with one of these. `key` alone and `monkey` are none.
_KEY = r"[_-]key|(?:access|api|encryption|private|routing|secret|signing)key"
_NAME = (
    r"(?:(?i:password|passwd|pwd|passphrase|secret|token|dsn|cookie|authorization"
    rf"|{_KEY})|[a-z0-9]Key)"
)
# In prose, an error follows `secret:` and `token:`.
_NAME_BEFORE_COLON = (
    rf"(?:(?i:password|passwd|pwd|passphrase|dsn|[_-](?:secret|token)|{_KEY})"
    r"|[a-z0-9](?:Key|Secret|Token))"
)
# JSON in JSON in JSON in JSON.
_DEEPEST = 3


def _text(depth: int) -> str:
    """Return the expression of a text in double quotes, of JSON at this depth of JSON."""
    before_end = 2**depth - 1
    pair = 2 * before_end + 2
    backslashes = rf"\\{{{before_end}}}" if before_end else ""
    part = rf'[^"\\]|\\{{{pair}}}|\\{{{pair - 1}}}"|\\{{1,{pair - 1}}}[^"\\]'
    return rf'{backslashes}"((?:{part})+)'


_QUOTED = (
    rf"[bu]?(?:{'|'.join(_text(depth) for depth in range(_DEEPEST + 1))}"
    # JSON does not escape this quote.
    r"|\\*'((?:[^'\\]|\\+.)+))"
)
_LIST = r'\[((?:"(?:[^"\\]|\\.)*"|[^\]"])+)'
_PART = r"""[^\s"'&;,\\]|\\+[^\s"'&;,\\]"""
_UNQUOTED = rf"((?:{_PART})(?:{_PART}|'\w)*)"
_VALUE = rf"(?:{_QUOTED}|{_UNQUOTED})"

# `"name": VALUE` and `"name"=>VALUE`. Without quotes, only numbers are secrets.
_FIELD = rf"""{_NAME}\\*["']\s*(?::|=>?)\s*(?:{_QUOTED}|{_LIST}|(\d[^\s,\]}}"']*))"""
# `["name", VALUE]`
_ITEM = rf"""[\[(,]\s*[bu]?\\*["'][\w-]*{_NAME}\\*["']\s*,\s*{_QUOTED}"""
# `name=VALUE`, `name := VALUE`, `name: VALUE` and `--name VALUE`.
_VARIABLE = rf"(?:{_NAME}\s*:?=>?\s*|{_NAME_BEFORE_COLON}:\s*|--[\w-]*{_NAME}\s+){_VALUE}"
# Secrets have digits.
_WORD = r"""\b(?i:secret|token):\s+([^\s"'&;,]*\d[^\s"'&;,]*)"""
# `{"name": "DB_PASSWORD", "value": VALUE}`
_PAIR = (
    rf"""\b(?i:name|key)\\*["']?\s*[:=]\s*\\*["']?[\w.-]*{_NAME}\\*["']?[\s,]+\\*["']?"""
    rf"""(?i:value)\\*["']?\s*[:=]\s*{_VALUE}"""
)

NAMED_SECRETS: Final = (_FIELD, _ITEM, _PAIR, _VARIABLE, _WORD)
"""The groups of the expressions are the values."""
