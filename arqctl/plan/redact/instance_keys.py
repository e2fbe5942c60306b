"""Keys of instances in addresses, `aws_x.y["KEY"]`: what someone wrote there may be a secret."""

import re
from collections.abc import Iterable

from arqctl.plan.redact.redact import SECRET, redact

_KEY = re.compile(r"\[\"((?:[^\"\\]|\\.)*)\"\]")


class InstanceKeyRedactor:
    """Masks the addresses of one plan. Secrets are numbered, so that two which differ still do."""

    def __init__(self, addresses: Iterable[str]) -> None:
        keys = {key for address in addresses for key in _KEY.findall(address)}
        secrets = sorted(key for key in keys if redact(key) != key)
        self._told = {key: SECRET if at == 1 else f"(secret {at})" for at, key in enumerate(secrets, 1)}

    def redact(self, address: str) -> str:
        """The address, without what is secret in it."""
        if not self._told:
            return address
        return _KEY.sub(lambda match: f'["{self._told.get(match[1], match[1])}"]', address)
