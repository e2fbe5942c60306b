"""The sign of life of a program without HTTP: a file that it writes again and again.

`python -m services.api.heartbeat` checks its age, for the kubelet.
"""

import sys
import time
from pathlib import Path

FILE = Path("/tmp/alive")  # noqa: S108  # the folder is the container's own
# Longer than a receipt that waits for messages, and the work for one message.
_SECONDS = 90


def show_life() -> None:
    """Write the file."""
    FILE.touch()


def main() -> int:
    """Return 0 if the program wrote the file lately."""
    try:
        age = time.time() - FILE.stat().st_mtime
    except OSError:
        return 1
    return 0 if age < _SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
