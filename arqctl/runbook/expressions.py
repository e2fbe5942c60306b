"""Terraform expressions in the arguments of resources."""

import json
import re
from typing import TypeGuard

from arqctl.core.json_access import Json

_WHOLE = re.compile(r"\$\{(.*)\}", re.DOTALL)


def is_expression(value: Json) -> TypeGuard[str]:
    """Return whether a value contains a Terraform expression."""
    return isinstance(value, str) and "${" in value


def expression_of(value: Json) -> str:
    """Return a value as a Terraform expression."""
    if isinstance(value, str):
        whole = _WHOLE.fullmatch(value)
        if whole and "${" not in whole[1]:
            return whole[1]
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value)
