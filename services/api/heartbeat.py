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


def is_alive() -> bool:
    """Return whether the program wrote the file lately."""
    try:
        return time.time() - FILE.stat().st_mtime < _SECONDS
    except OSError:
        return False


def main() -> int:
    """Return 0 if the program is alive."""
    return 0 if is_alive() else 1


if __name__ == "__main__":
    sys.exit(main())
