"""The paths on a site's domain that CloudFront sends to the cluster."""

import re
from collections.abc import Sequence

from constructs_arq.core.errors import ConstructError
from constructs_arq.edge.distribution import Distribution


def require_sent_paths(
    route: str, *, hosts: Sequence[str], paths: Sequence[str], distribution: Distribution | None
) -> None:
    """Refuse paths of a route that CloudFront answers from the site's bucket. `route` is its construct path.

    This concerns the domain of `distribution` only. Of other hosts, CloudFront sends all paths.

    Raises:
        ConstructError: if no pattern of the distribution matches a path, or one below it.
    """
    if distribution is None or distribution.domain not in hosts:
        return
    patterns = distribution.api_paths
    never = [path for path in paths if not any(_matches_below(pattern, path) for pattern in patterns)]
    if never:
        raise ConstructError(
            route,
            f"CloudFront sends no requests below {', '.join(never)} of {distribution.domain} to the cluster, "
            f"only {', '.join(patterns) or 'none'}, so the route would never match",
            fix=f'Use other paths, or add "{never[0].rstrip("/")}/*" to api_paths of the site.',
        )


def _matches_below(pattern: str, prefix: str) -> bool:
    """Return whether a pattern matches a prefix, or a path below it.

    A path below it matches if the prefix and a slash match a part of the pattern: some text matches the rest.
    """
    path = prefix.rstrip("/")
    ends = range(1, len(pattern) + 1)
    return _matches(pattern, path) or any(_matches(pattern[:end], f"{path}/") for end in ends)


def _matches(pattern: str, path: str) -> bool:
    """Return whether a path pattern matches a path.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
    """
    wildcards = {"*": ".*", "?": "."}
    expression = "".join(wildcards.get(each, re.escape(each)) for each in pattern)
    return re.fullmatch(expression, path) is not None
