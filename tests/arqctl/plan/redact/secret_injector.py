"""Secrets and markup to plant in a plan, and the rows that contain them.

All secrets differ, so a secret in the output identifies its place. Secrets that a name or the schema marks
look like words. Secrets that their form marks look like the tokens of vendors.
"""

import base64
import random
import string
from collections.abc import Iterator
from typing import TypeAlias

Row: TypeAlias = dict[str, object]

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "@acme/security and @octocat",
    "`rm -rf` ```\n```",
    "one | two | three",
    "first\n# second\n\n- third\r\n<!-- gone -->",
    "[click](javascript:alert(1)) ![](https://evil.example/x.png)",
    "</details></summary></table> &amp; \\| %%{init}%% ~~~",
)
"""Markup that would run, mention somebody, or break the page around it."""
_WORDS = ("Tulip", "Harbor", "Copper", "Meadow", "Lantern", "Walnut", "Glacier", "Saffron")
_LETTERS = string.ascii_letters + string.digits


class SecretInjector:
    """Generates a secret for each place, and records all of them in `secrets`."""

    def __init__(self) -> None:
        self.secrets: list[str] = []
        self._random = random.Random(2026)  # noqa: S311

    def word(self) -> str:
        """Return a secret like those that people choose: only its place marks it as secret."""
        number = len(self.secrets)
        first, second = _WORDS[number % 8], _WORDS[number // 8 % 8]
        return self._injected(f"{first}{number:03}{second}")

    def token(self) -> str:
        """Return a random secret."""
        return self._injected(self._random_text(40))

    def digits(self) -> str:
        """Return a random secret of hexadecimal digits."""
        return self._injected("".join(self._random.choices("0123456789abcdef", k=40)))

    def of_a_vendor(self) -> Iterator[str]:
        """Return a token in the format of each vendor."""
        capitals = string.ascii_uppercase + "234567"
        key = "".join(self._random.choices(capitals, k=16))
        body = (
            base64.urlsafe_b64encode(b'{"sub":"' + self._random_text(12).encode() + b'"}')
            .decode()
            .rstrip("=")
        )
        pem = "\n".join(self._random_text(64) for _ in range(3))
        for text in (
            f"AKIA{key}",
            f"ghp_{self._random_text(36)}",
            f"eyJhbGciOiJIUzI1NiJ9.{body}.{self._random_text(32)}",
            f"xoxb-{self._random.randrange(10**11)}-{self._random_text(24)}",
            f"sk_live_{self._random_text(24)}",
            f"glpat-{self._random_text(20)}",
            f"hvs.{self._random_text(24)}",
            f"SG.{self._random_text(22)}.{self._random_text(43)}",
        ):
            yield self._injected(text)
        self._injected(pem)
        yield f"-----BEGIN RSA PRIVATE KEY-----\n{pem}\n-----END RSA PRIVATE KEY-----\n"

    def encoded(self, before: str, after: str) -> str:
        """Return base64 of a text with a password. Neither the password nor its base64 may be shown."""
        padding = " " * (-len(before) % 3)
        secret = self.word() + "x" * (-len(self.secrets[-1]) % 3)
        self.secrets[-1] = secret
        self._injected(base64.b64encode(secret.encode()).decode())
        return base64.b64encode(f"{before}{padding}{secret}{after}".encode()).decode()

    def _injected(self, secret: str) -> str:
        self.secrets.append(secret)
        return secret

    def _random_text(self, length: int) -> str:
        return "".join(self._random.choices(_LETTERS, k=length))


def row(address: str, actions: str, before: object, after: object, **more: object) -> Row:
    """Return a row in Terraform's format. Keys of `more` that a change has go into the change."""
    type_, _, name = address.partition(".")
    change: Row = {
        "actions": list(actions.split()),
        "before": before,
        "after": after,
        "after_unknown": {} if after is not None else False,
        "before_sensitive": {} if before is not None else False,
        "after_sensitive": {} if after is not None else False,
    }
    own = ("after_unknown", "before_sensitive", "after_sensitive", "replace_paths", "importing")
    change |= {key: value for key, value in more.items() if key in own}
    return {
        "address": address,
        "mode": "managed",
        "type": type_,
        "name": name.partition("[")[0],
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": change,
        **{key: value for key, value in more.items() if key not in own},
    }
