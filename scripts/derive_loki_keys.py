"""Derive the keys of Loki's configuration, which the tests compare our configurations with.

    python scripts/derive_loki_keys.py < configuration.md > tests/platform/loki_keys/loki-VERSION.txt

Reads the reference that Loki generates from its source: docs/sources/shared/configuration.md in its
repository. Writes one line for each key: the block, the path in it, and the type. The type of a key with a
block is the block's name. Blocks of object stores that the library doesn't use are left out.
"""

import re
import sys
from collections.abc import Iterator

_BLOCK = re.compile(r"^### (\w+)$")
_KEY = re.compile(r"^(?P<indent> *)\[?(?P<name>[a-z0-9_]+): ?(?:<(?P<type>[^>]+)>.*)?$")
# A block whose keys are those of the parent.
_INLINE = re.compile(r"^(?P<indent> *)\[<(?P<block>\w+)>\]$")
_ROOT = "root"
_LEFT_OUT = re.compile(
    r"(alibabacloud|aws|azure|bos|cos|gcs|swift)_storage_config|bloom_\w+|consul|etcd|table_manager"
)


def main() -> None:
    """Print the keys of the reference on standard input."""
    for block, path, kind in derive(sys.stdin.read()):
        if not _LEFT_OUT.fullmatch(block):
            sys.stdout.write(f"{block} {path} {kind}\n")


def derive(reference: str) -> list[tuple[str, str, str]]:
    """Return the block, the path and the type of each key. Parents of other keys are no keys."""
    lines = list(_parse(reference))
    keys = [(block, path, kind) for block, path, kind, inline in lines if not inline]
    for block, parent, target, inline in lines:
        if inline:
            keys += [(block, f"{parent}.{path}", kind) for name, path, kind in keys if name == target]
    return keys


def _parse(reference: str) -> Iterator[tuple[str, str, str, bool]]:
    """Yield the block, path and type of each key, and those of blocks whose keys are those of a path."""
    block, is_yaml, parents = _ROOT, False, list[tuple[int, str]]()
    for line in reference.splitlines():
        if heading := _BLOCK.match(line):
            block = heading[1]
        elif line.startswith("```"):
            is_yaml, parents = line == "```yaml", []
        elif is_yaml and (found := _KEY.match(line) or _INLINE.match(line)):
            indent = len(found["indent"])
            parents = [each for each in parents if each[0] < indent]
            names = [name for _, name in parents]
            if found.re is _INLINE:
                yield block, ".".join(names), found["block"], True
            elif found["type"] is None:
                parents.append((indent, found["name"]))
            else:
                yield block, ".".join([*names, found["name"]]), found["type"].replace(" ", "-"), False


if __name__ == "__main__":
    main()
