"""Expressions that find secrets and personal data in log lines.

Alloy replaces the group of each match. The expressions use only syntax that RE2 shares with Python.
https://github.com/google/re2/wiki/Syntax
"""

from dataclasses import dataclass
from typing import Final

from constructs_arq.platform.account_numbers import CARD, IBAN
from constructs_arq.platform.named_secrets import NAMED_SECRETS

# A letter with an accent, also in JSON. A quote is no first letter.
_LETTER = r"[A-Za-z0-9]|[^\x00-\x7F]|\\u[0-9a-fA-F]{4}"
_DOMAIN = rf"(?:{_LETTER}|-)+"
_E_MAIL = (
    # `\n` in JSON is no letter.
    r"(?:\\+[bfnrt])?"
    rf"((?:{_LETTER}|[._%+-])(?:{_LETTER}|[._%+'-])*(?:@|%(?:25)*40)"
    rf"{_DOMAIN}(?:\.{_DOMAIN})*\.(?:[A-Za-z]|[^\x00-\x7F])(?:{_LETTER}|-)+)"
)
# Parts of an error that clients of PostgreSQL report: values, until the end or an empty line.
_POSTGRESQL_PARTS = r"(?:(?:DETAIL|CONTEXT|QUERY|HINT):  |LINE \d+: )"
_CLIENT = r'\bclient"?:\s*"?'


@dataclass(frozen=True, kw_only=True)
class Redaction:
    """A kind of secret or personal data, and the text that replaces it."""

    name: str
    expression: str
    replacement: str | None = None

    @property
    def text(self) -> str:
        """The text in the log line instead of the data."""
        return self.replacement or f"[redacted:{self.name}]"


REDACTIONS: Final[tuple[Redaction, ...]] = (
    Redaction(
        name="private-key",
        expression=r"(-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|$))",
    ),
    # Signed ones have three parts, encrypted ones five.
    Redaction(name="jwt", expression=r"\b(eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){2,4})"),
    Redaction(name="credentials", expression=r"(?i:\b(?:bearer|basic)\s+)([A-Za-z0-9._~+/-]{8,}=*)"),
    # A scheme and a value, or a value alone.
    Redaction(name="credentials", expression=r'(?i:\bauthorization:\s*)([^\s"]+(?: [^\s",]+)?)'),
    Redaction(name="cookie", expression=r'(?i:\b(?:set-)?cookie:\s*)((?:[^\r\n"\\]|\\.)+)'),
    Redaction(name="aws-key", expression=r"\b((?:AKIA|ASIA)[A-Z2-7]{16})\b"),
    Redaction(
        name="aws-signature",
        expression=r"""(?i:X-Amz-(?:Signature|Credential|Security-Token)|\bSignature)=([^&\s"']+)""",
    ),
    # Of GitHub, GitLab, Slack and Stripe.
    Redaction(
        name="token",
        expression=r"\b(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}"
        r"|gl(?:pat|ptt|rt|dt|cbt|oas|soat)-[A-Za-z0-9_.-]{20,}|xox[abeprs]-[A-Za-z0-9-]{10,}"
        r"|(?:[rs]k_(?:live|test)|whsec)_[A-Za-z0-9]{16,})",
    ),
    Redaction(
        name="token",
        expression=r"""\bhooks\.slack\.com/(?:services|triggers|workflows)/([^\s"'<>\\]+)""",
    ),
    # In a URL, until its last `@`. A port before a path is none.
    Redaction(
        name="password",
        expression=r"""[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@"'?#]*:"""
        r"""((?:\d*[^\s"'\d/]|/)[^\s"]*|[^\s@/"']+)@""",
    ),
    Redaction(
        name="values",
        expression=rf"(?m:^)[ \t]*{_POSTGRESQL_PARTS}((?s:.+?))(?:\n\n|$)"
        rf'|{_POSTGRESQL_PARTS}((?:[^"\\\r\n]|\\[^nr\n])+)',
    ),
    *(Redaction(name="secret", expression=each) for each in NAMED_SECRETS),
    # Those of nginx: its error log has whole requests, and `referrer` last.
    Redaction(name="referrer", expression=r'\breferrer: "((?s:.+?))"?$'),
    # A client can write anything into a request, so the last end counts.
    Redaction(
        name="query",
        expression=r'\brequest: "[^?\n]*?\?(?:((?s:.*)) HTTP/\d|((?s:.*?))"?$)',
    ),
    Redaction(
        name="query",
        expression=r'\b(?:subrequest|upstream): "[^?\n]*?\?(?:((?s:.*))", host: "|((?s:.*?))"?$)',
    ),
    Redaction(name="e-mail", expression=_E_MAIL),
    Redaction(name="card", expression=CARD),
    Redaction(name="iban", expression=IBAN),
    # nginx logs the address of the client. Its network remains, so that attacks are visible.
    Redaction(
        name="client",
        expression=_CLIENT + r"(?i:(?:0{0,4}:){2,7}ffff:)?(?:\d{1,3}\.){3}(\d{1,3})\b",
        replacement="0",
    ),
    Redaction(
        name="client",
        expression=_CLIENT + r'(?:[0-9a-fA-F]{0,4}:){3}([0-9a-fA-F:]+)(?:[",\s]|$)',
        replacement="0",
    ),
)
