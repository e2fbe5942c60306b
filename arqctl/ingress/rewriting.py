"""Rewrites of paths: the URLRewrite filter for prefixes and fixed paths, else an nginx directive.

https://kubernetes.github.io/ingress-nginx/examples/rewrite/
"""

import re
from dataclasses import dataclass
from typing import Final

from arqctl.core.json_access import Body
from arqctl.ingress.draft import Draft
from arqctl.ingress.ingress import Path
from arqctl.ingress.paths import PathMatch, UnsupportedPathError, is_literal, prefix_match

REWRITE: Final = "rewrite-target"
_CASE_NOTE: Final = "ingress-nginx also matches other cases of the path. The route does not"
_LONGER_NOTE: Final = (
    "ingress-nginx also matches other cases and longer names, such as {0}x. The route does not"
)
# The end of a path with the capture group of the rest, and what the rest starts with.
_ELEMENTS: Final = re.compile(r"(?P<prefix>/.*?)(?:\(/\|\$\)\((?P<second>\.\*|\.\+)\)|/\(\.\*\))\$?")
_WITH_SLASH: Final = re.compile(r"(?P<prefix>/.*?)\((?:/\.\*\|\$|\$\|/\.\*|/\.\*)\)\??\$?")
_CHARACTERS: Final = re.compile(r"(?P<prefix>/.*?)(?:/\?)?\(\.\*\)\$?")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The match of a path whose requests are rewritten, the URLRewrite filter's path, or a directive."""

    match: PathMatch | None
    path: Body
    directive: str = ""


def has_rewrite(draft: Draft, path: Path) -> bool:
    """Return whether the Ingress rewrites the requests of a path to another one."""
    target = draft.annotations.get(REWRITE, "")
    return bool(target) and target != path.path


def rewrite(draft: Draft, path: Path) -> Rewrite:
    """Return the counterpart of a rewrite.

    Raises:
        UnsupportedPathError: if only a directive replaces it, and the gateway allows none.
    """
    target = draft.annotations[REWRITE]
    if not re.fullmatch(r"/?[^\s;{}\"'\\]*", target):
        raise UnsupportedPathError("The target of the rewrite is no path. Correct it")
    if "$" not in target and target.startswith("/"):
        return Rewrite(None, {"type": "ReplaceFullPath", "replaceFullPath": target})
    if found := _replace_prefix(path.path, target):
        return found
    if not draft.allows_snippets:
        raise UnsupportedPathError(
            "A URLRewrite filter has no such groups. Use --snippets, or change the application's paths"
        )
    if re.search(r"[\"\s;{}]", path.path):
        raise UnsupportedPathError(
            "A directive can't have quotes, blanks, braces and semicolons. Change the path"
        )
    return Rewrite(None, {}, f'rewrite "(?i){path.path}" {target} break;')


def _replace_prefix(path: str, target: str) -> Rewrite | None:
    """Return the replacement of a prefix, if the capture group contains the rest of the path."""
    if found := _ELEMENTS.fullmatch(path):
        group = "$2" if found["second"] else "$1"
        prefix = found["prefix"] if found["second"] else f"{found['prefix']}/"
        return _replacement(prefix, target, group, has_slash=False, note=_CASE_NOTE)
    if found := _WITH_SLASH.fullmatch(path):
        return _replacement(found["prefix"], target, "$1", has_slash=True, note=_CASE_NOTE)
    if path == "/(.*)":
        return _replacement("/", target, "$1", has_slash=False, note="")
    if found := _CHARACTERS.fullmatch(path):
        prefix = found["prefix"]
        has_slash = "/?" not in path
        return _replacement(prefix, target, "$1", has_slash=has_slash, note=_LONGER_NOTE.format(prefix))
    return None


def _replacement(prefix: str, target: str, group: str, *, has_slash: bool, note: str) -> Rewrite | None:
    """Return a rewrite of the prefix to the part of the target before the group.

    With `has_slash`, the group starts with the slash that follows the prefix.
    """
    replacement = target.removesuffix(group)
    is_complete = target.endswith(group) and "$" not in replacement
    if not is_complete or not is_literal(prefix) or replacement.endswith("/") == has_slash:
        return None
    match = prefix_match(prefix, note)
    if prefix.rstrip("/") == replacement.rstrip("/"):
        return Rewrite(match, {})
    return Rewrite(match, {"type": "ReplacePrefixMatch", "replacePrefixMatch": replacement or "/"})
