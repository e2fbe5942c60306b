"""Stacks as CDKTF writes them, each block at the construct path that a test names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arqctl.core.assembly import Stack

Blocks = Mapping[str, Mapping[str, Any]]
"""The arguments of each block by `PATH type.name`: `"cluster/key/Default aws_kms_key.key"`."""


def stack(blocks: Blocks, name: str = "dev", **others: Any) -> Stack:
    document: dict[str, Any] = {"resource": {}, "data": {}, **others}
    for place, arguments in blocks.items():
        path, _, address = place.rpartition(" ")
        *kind, type_, key = address.split(".")
        note = {"metadata": {"path": f"{name}/{path}", "uniqueId": key}}
        document[kind[0] if kind else "resource"].setdefault(type_, {})[key] = {"//": note, **arguments}
    return Stack(name, name, Path("cdk.tf.json"), "", document)
