"""Expressions that find secrets and personal data in log lines.

Alloy replaces the group of each match. The expressions use only syntax that RE2 shares with Python.
https://github.com/google/re2/wiki/Syntax
"""

from dataclasses import dataclass
from typing import Final

# Fields and variables with secrets end with one of these.
_SECRETS = (
    r"(?i:\b[\w-]*(?:password|passwd|pwd|secret|token|dsn|cookie"
    r"|api[_-]?key|access[_-]?key|private[_-]?key))"
)
_CARD = (
    r"(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6(?:011|5\d{2}))[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}"
    r"|3[47]\d{2}[ -]?\d{6}[ -]?\d{5}"
)


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
    Redaction(name="jwt", expression=r"\b(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)"),
    Redaction(name="credentials", expression=r"(?i:\b(?:bearer|basic)\s+)([A-Za-z0-9._~+/-]{8,}=*)"),
    Redaction(name="cookie", expression=r'(?i:\b(?:set-)?cookie:\s*)([^\r\n"]+)'),
    Redaction(name="aws-key", expression=r"\b((?:AKIA|ASIA)[A-Z2-7]{16})\b"),
    Redaction(
        name="aws-signature",
        expression=r"""(?i:X-Amz-(?:Signature|Credential|Security-Token))=([^&\s"']+)""",
    ),
    # Of GitHub, Slack and Stripe.
    Redaction(
        name="token",
        expression=r"\b(gh[pousr]_[A-Za-z0-9]{30,}|xox[abprs]-[A-Za-z0-9-]{10,}|[rs]k_live_[A-Za-z0-9]{16,})",
    ),
    # In a URL.
    Redaction(name="password", expression=r"""[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@"']*:([^\s@/"']+)@"""),
    # A field of JSON, also of JSON in a string. Then a variable or a parameter.
    Redaction(name="secret", expression=_SECRETS + r"""\\?["']\s*:\s*\\?["']([^"'\\]+)"""),
    Redaction(name="secret", expression=_SECRETS + r"""=["']?([^\s"'&;,]+)"""),
    Redaction(
        name="e-mail", expression=r"([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})"
    ),
    Redaction(name="card", expression=rf"\b({_CARD})\b"),
    Redaction(name="iban", expression=r"\b([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?)\b"),
    # nginx logs the address of the client. Its network remains, so that attacks are visible.
    Redaction(name="client", expression=r'"client":\s*"(?:\d{1,3}\.){3}(\d{1,3})"', replacement="0"),
    Redaction(
        name="client", expression=r'"client":\s*"(?:[0-9a-fA-F]{0,4}:){3}([0-9a-fA-F:]+)"', replacement="0"
    ),
)
