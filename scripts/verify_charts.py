"""Compare the charts of the support matrix with their digests: `python scripts/verify_charts.py [CHART …]`.

Helm verifies the digest of an OCI chart during each plan, but not that of an HTTPS repository. So workflows
run this before a plan and before a deployment. It needs access to the repositories, and no Helm.
"""

import sys
from collections.abc import Sequence

from constructs_arq.platform.support_matrix import Chart, ChartRelease, find_release
from scripts.chart_repository import UnreadableError, read_digest


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
