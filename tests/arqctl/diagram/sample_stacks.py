"""Builds stacks in CDKTF's format, with each block at a given construct path."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arqctl.core.assembly import Stack

Blocks = Mapping[str, Mapping[str, Any]]
"""The arguments of each block by `PATH type.name`: `"cluster/key/Default aws_kms_key.key"`."""


def stack(blocks: Blocks, name: str = "dev", **others: Any) -> Stack:
    document: dict[str, Any] = {"resource": {}, "data": {}, **others}
    for path_and_address, arguments in blocks.items():
        path, _, address = path_and_address.rpartition(" ")
        *kind, type_, key = address.split(".")
        note = {"metadata": {"path": f"{name}/{path}", "uniqueId": key}}
        document[kind[0] if kind else "resource"].setdefault(type_, {})[key] = {"//": note, **arguments}
    return Stack(name, name, Path("cdk.tf.json"), "", document)
