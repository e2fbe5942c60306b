"""Compare the charts of the support matrix with their digests: `python scripts/verify_charts.py [CHART …]`.

Helm verifies the digest of an OCI chart during each plan, but not that of an HTTPS repository.
Needs `helm` in PATH and access to the repositories.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from constructs_arq.platform.support_matrix import Chart, ChartRelease, find_release

_DIGEST = re.compile(r"^Digest: (sha256:[0-9a-f]{64})$", re.MULTILINE)


def main(names: Sequence[str]) -> int:
    """Print one line for each chart. Return 1 if a chart differs from its digest or can't be read."""
    failed = False
    for chart in [Chart(name) for name in names] or list(Chart):
        release = find_release(chart)
        try:
            found = read_digest(release)
        except subprocess.CalledProcessError as error:
            outcome, failed = f"unreadable: {error.stderr.strip()}", True
        else:
            outcome = compare(release, found)
            failed |= release.digest not in {None, found}
        sys.stdout.write(f"{chart} {release.version}: {outcome}\n")
    return int(failed)


def compare(release: ChartRelease, found: str) -> str:
    """Return the outcome for a chart whose repository has the digest `found`."""
    if release.digest is None:
        return f"no digest in the matrix; the registry has {found}"
    return "verified" if found == release.digest else f"expected {release.digest}, got {found}"


def read_digest(release: ChartRelease) -> str:
    """Pull a chart by its version. Return the digest of its manifest (OCI) or of its archive (HTTPS)."""
    with tempfile.TemporaryDirectory() as folder:
        oci = release.repository.startswith("oci://")
        source = (
            [f"{release.repository}/{release.chart}"]
            if oci
            else [release.chart, "--repo", release.repository]
        )
        command = ["helm", "pull", *source, "--version", release.version, "--destination", folder]
        pulled = subprocess.run(command, check=True, capture_output=True, text=True)
        if oci:
            match = _DIGEST.search(pulled.stdout + pulled.stderr)
            return match[1] if match else "no digest"
        archive = next(Path(folder).glob("*.tgz"))
        return f"sha256:{hashlib.sha256(archive.read_bytes()).hexdigest()}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
