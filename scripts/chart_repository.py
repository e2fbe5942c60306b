"""Reads third-party charts of the support matrix from their repositories, and verifies them.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
https://helm.sh/docs/topics/chart_repository/#the-index-file
"""

import hashlib
import json
import re
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import Request, urlopen

import yaml

from constructs_arq.platform.support_matrix import ChartRelease

_OCI = "oci://"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
# https://helm.sh/docs/topics/registries/#helm-chart-manifest
_ARCHIVE = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_SECONDS = 60


class UnreadableError(Exception):
    """A chart that its repository does not have, or does not return with the digest of the matrix."""


def read_digest(release: ChartRelease) -> str:
    """Return the digest of a chart's manifest (OCI) or of its archive (HTTPS).

    Raises:
        OSError: when the repository can't be reached, or refuses.
        UnreadableError: when its index does not list the release.
    """
    return _digest(_read_content(release))


def read_verified_archive(release: ChartRelease) -> bytes:
    """Return the archive of a chart. Its digest, or that of its manifest, is the one in the matrix.

    Raises:
        OSError: when the repository can't be reached, or refuses.
        UnreadableError: when the matrix has no or another digest, or the repository has no such archive.
    """
    content = _read_content(release)
    _require_digest(content, release.digest, "support_matrix.toml")
    if not release.repository.startswith(_OCI):
        return content
    layers = json.loads(content)["layers"]
    digests = [each["digest"] for each in layers if each["mediaType"] == _ARCHIVE]
    if len(digests) != 1:
        raise UnreadableError(f"its manifest has {len(digests)} archives")
    archive = _read_oci(release, f"blobs/{digests[0]}")
    _require_digest(archive, digests[0], "the manifest")
    return archive


def _require_digest(content: bytes, expected: str | None, source: str) -> None:
    found = _digest(content)
    if found != expected:
        raise UnreadableError(f"its repository has {found}, and {source} has {expected or 'no digest'}")


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _read_content(release: ChartRelease) -> bytes:
    if release.repository.startswith(_OCI):
        return _read_oci(release, f"manifests/{release.version}")
    return _read_archive(release)


def _read_oci(release: ChartRelease, path: str) -> bytes:
    host, _, folder = release.repository.removeprefix(_OCI).partition("/")
    name = f"{folder}/{release.chart}"
    url = f"https://{host}/v2/{name}/{path}"
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
