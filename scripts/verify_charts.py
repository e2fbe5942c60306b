"""Compare the charts of the support matrix with their digests: `python scripts/verify_charts.py [CHART …]`.

Helm verifies the digest of an OCI chart during each plan, but not that of an HTTPS repository. So workflows
run this before a plan and before a deployment. It needs access to the repositories, and no Helm.
https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
https://helm.sh/docs/topics/chart_repository/#the-index-file
"""

import hashlib
import json
import re
import sys
from collections.abc import Sequence
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import Request, urlopen

import yaml

from constructs_arq.platform.support_matrix import Chart, ChartRelease, find_release

_OCI = "oci://"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_SECONDS = 60


class UnreadableError(Exception):
    """A chart that its repository does not have, or does not return."""


def main(names: Sequence[str]) -> int:
    """Print one line for each chart. Return 1 if one has no or another digest, or can't be read."""
    failed = False
    for chart in [Chart(name) for name in names] or list(Chart):
        release = find_release(chart)
        try:
            found = read_digest(release)
        except (OSError, UnreadableError) as error:
            outcome, failed = f"unreadable: {error}", True
        else:
            outcome = compare(release, found)
            failed |= release.digest != found
        sys.stdout.write(f"{chart} {release.version}: {outcome}\n")
    return int(failed)


def compare(release: ChartRelease, found: str) -> str:
    """Return the outcome for a chart whose repository has the digest `found`."""
    if release.digest is None:
        return (
            f"no digest in support_matrix.toml; its repository has {found}. Enter it, and review the change"
        )
    return "verified" if found == release.digest else f"expected {release.digest}, got {found}"


def read_digest(release: ChartRelease) -> str:
    """Return the digest of a chart's manifest (OCI) or of its archive (HTTPS).

    Raises:
        OSError: when the repository can't be reached, or refuses.
        UnreadableError: when its index does not list the release.
    """
    content = _read_manifest(release) if release.repository.startswith(_OCI) else _read_archive(release)
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _read_manifest(release: ChartRelease) -> bytes:
    host, _, path = release.repository.removeprefix(_OCI).partition("/")
    name = f"{path}/{release.chart}"
    url = f"https://{host}/v2/{name}/manifests/{release.version}"
    try:
        return _get(url)
    except HTTPError as error:
        challenge = dict(_PARAMETER.findall(error.headers.get("WWW-Authenticate", "")))
        if error.code != HTTPStatus.UNAUTHORIZED or "realm" not in challenge:
            raise
    scope = {"scope": f"repository:{name}:pull", **challenge}
    realm = scope.pop("realm")
    answer = json.loads(_get(f"{realm}?{urlencode(scope)}"))
    return _get(url, token=answer.get("token") or answer["access_token"])


def _read_archive(release: ChartRelease) -> bytes:
    base = f"{release.repository}/"
    index = yaml.load(_get(f"{base}index.yaml"), yaml.CSafeLoader)
    for entry in index["entries"].get(release.chart, ()):
        if str(entry["version"]) == release.version:
            return _get(urljoin(base, entry["urls"][0]))
    raise UnreadableError(f"the index of {release.repository} does not list it")


def _get(url: str, *, token: str = "") -> bytes:
    if not url.startswith("https://"):
        raise UnreadableError(f"{url} is not an HTTPS URL")
    request = Request(url, headers={"Accept": _MANIFEST, "User-Agent": "verify-charts"})  # noqa: S310 - it is HTTPS
    if token:
        # A redirect to another host doesn't get it.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - it is HTTPS
        return bytes(answer.read())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
