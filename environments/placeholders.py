"""Rejects values that can't work on AWS, such as example domains, before a command plans or deploys there.

The committed environments have such values: they synthesize, pass the gate and deploy to offline AWS.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from constructs_arq.core.config import Config
from constructs_arq.core.errors import ConfigError, Problem
from constructs_arq.platform.support_matrix import Chart, find_release
from environments.environment import Environment
from environments.paging_config import PagingConfig
from environments.paging_stack import PAGING_STACK

STACK_SUFFIXES = ("", "-bootstrap", "-account", "-platform", "-standby", "-standby-platform")
"""The names of an environment's stacks are its own name with these suffixes."""

_CLUSTER_SUFFIXES = ("-platform", "-standby-platform")

# AWS's documentation uses ids such as 123456789012, 210987654321, 111122223333 and 999999999999: ten digits
# in sequence, or three groups of four equal digits. One in 10^8 real accounts has such an id.
_ASCENDING = "012345678901234567890"
_SEQUENCES = tuple(
    sequence[start : start + 10] for sequence in (_ASCENDING, _ASCENDING[::-1]) for start in range(10)
)
_GROUPS = re.compile(r"(\d)\1{3}(\d)\2{3}(\d)\3{3}")
_ARN_ACCOUNT = re.compile(r"arn:[\w-]+:[\w-]*:[\w-]*:(\d{12}):")
# https://www.rfc-editor.org/rfc/rfc2606 reserves these for examples and tests: nobody can register them.
_HOST = r"(?:(?:[\w*-]+\.)+(?:example|test|invalid|localhost)|(?:[\w*-]+\.)*example\.(?:com|net|org))"
# A domain, an e-mail address or a URL. A name such as that of a repository may end like a domain.
_DOMAIN = re.compile(
    rf"(?:[\w.+-]+@|[a-z][a-z0-9+.-]*://)?{_HOST}\.?(?:[:/?#].*)?|[a-z][a-z0-9+.-]*://localhost(?:[:/?#].*)?",
    re.IGNORECASE,
)
# AWS's documentation ends ids with it, as in AKIAIOSFODNN7EXAMPLE.
_ID = re.compile(r"(vo_)?[A-Z0-9]+EXAMPLE")
# The first digests are of no image.
_DIGEST = re.compile(r"sha256:([0-9a-f])\1{63}")
_REPOSITORY = "arq-example/platform"
"""The committed repository. Organizations with `example` in their names exist."""
_MINIMATCH_ONLY = re.compile(r"[!{^(]")


@dataclass(frozen=True)
class _Reason:
    message: str
    fix: str


_RESERVED_DOMAIN = _Reason("must not be in a domain that RFC 2606 reserves", "Use a domain that you own.")
_EXAMPLE_ACCOUNT = _Reason(
    "must not be an account of AWS's documentation",
    "Set your account: `aws sts get-caller-identity` prints it.",
)
_EXAMPLE_ID = _Reason("must not be an example id", "Set the id of your own resource.")
_EXAMPLE_DIGEST = _Reason(
    "must not be an example digest", "Push the image, and set its digest in environments/image_digests.toml."
)
_EXAMPLE_REPOSITORY = _Reason(
    "must not be an example repository", "Set your own, for all environments in environments/environment.py."
)


def reject_placeholders(
    environments: Sequence[Environment], stacks: Sequence[str], paging: PagingConfig | None = None
) -> None:
    """Raise if an environment of these stacks, or the paging stack, has values that can't work.

    For a cluster stack, a chart without a digest is one too: nothing could verify it. Names may be patterns
    of cdktf. One that Python does not know, such as `!dev`, selects all environments.

    Raises:
        ConfigError: with all such values.
    """
    on_clusters = [env for env in environments if _is_any_selected(env, _CLUSTER_SUFFIXES, stacks)]
    modules: dict[str, Config] = {
        env.name: env for env in environments if _is_any_selected(env, STACK_SUFFIXES, stacks)
    }
    if paging and any(_is_selected(PAGING_STACK, each) for each in stacks):
        # The state of the paging stack is in the account of an environment.
        hosts = {env.name: env for env in environments if env.name == paging.state_environment}
        modules |= {PAGING_STACK: paging, **hosts}
    problems = [
        Problem(f"environments/{name}.py: {path}", reason.message, repr(value), reason.fix)
        for name, values in modules.items()
        for path, value in _texts(values, "")
        if (reason := _placeholder(value, path))
        # The AWS stack creates the repository of the images, so it comes before them.
        if reason is not _EXAMPLE_DIGEST or values in on_clusters
    ]
    if on_clusters:
        problems += _undigested_charts()
    if problems:
        raise ConfigError("values that can't work on AWS", problems)


def _undigested_charts() -> Iterator[Problem]:
    for release in map(find_release, Chart):
        if release.undigested is not None:
            yield Problem(
                f"constructs_arq/platform/support_matrix.toml: {release.chart}.digest",
                f"must be set. {release.undigested}",
                f"no digest of version {release.version}",
                f"Enter the digest that `python scripts/verify_charts.py {release.chart}` prints.",
            )


def _is_any_selected(env: Environment, suffixes: Sequence[str], patterns: Sequence[str]) -> bool:
    return any(_is_selected(f"{env.name}{suffix}", each) for suffix in suffixes for each in patterns)


def _is_selected(stack: str, pattern: str) -> bool:
    """Return whether a pattern may select a stack. cdktf's matcher is https://github.com/isaacs/minimatch."""
    is_option = pattern.startswith("-")
    return fnmatchcase(stack, pattern) or bool(not is_option and _MINIMATCH_ONLY.search(pattern))


def _placeholder(value: str, path: str) -> _Reason | None:
    """Return why a value can't work on AWS, or None if it may."""
    if any(_DOMAIN.fullmatch(word) for word in value.split()):
        return _RESERVED_DOMAIN
    accounts = [value] if path == "account_id" else _ARN_ACCOUNT.findall(value)
    if any(map(_is_example_account, accounts)):
        return _EXAMPLE_ACCOUNT
    if path.endswith("_id") and _ID.fullmatch(value):
        return _EXAMPLE_ID
    if _DIGEST.fullmatch(value):
        return _EXAMPLE_DIGEST
    return _EXAMPLE_REPOSITORY if path == "github.repository" and value == _REPOSITORY else None


def _is_example_account(account: str) -> bool:
    return bool(_GROUPS.fullmatch(account)) or any(sequence in account for sequence in _SEQUENCES)


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield all texts in a configuration with their paths."""
    match value:
        case str():
            yield path, value
        case Config():
            for name in type(value).model_fields:
                yield from _texts(getattr(value, name), f"{path}.{name}".lstrip("."))
        case Mapping():
            for key, each in value.items():
                yield from _texts(each, f"{path}.{key}")
        case tuple() | list():
            for at, each in enumerate(value):
                yield from _texts(each, f"{path}.{at}")
