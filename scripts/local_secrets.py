"""Writes the secrets of compose.yaml into `.secrets`, random and only once. `make local` runs it."""

import secrets
from pathlib import Path

FOLDER = Path(__file__).parents[1] / ".secrets"
_PASSWORDS = ("cache-password", "database-admin-password", "database-password", "grafana-admin-password")
# The commands of constructs_arq/data/cache_users.py.
_COMMANDS = (
    "-@all +@read +@write +@connection +@transaction +@scripting +@pubsub -@dangerous "
    "+info +cluster|slots +cluster|shards +cluster|nodes"
)


def write_secrets(folder: Path) -> None:
    """Write the files that are missing. Containers read the files, but other users can't open the folder."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for name in _PASSWORDS:
        _write(folder / name, secrets.token_urlsafe(32))
    password = (folder / "cache-password").read_text().strip()
    _write(folder / "cache-users", f"user default off\nuser api on >{password} ~* &* {_COMMANDS}")


def _write(path: Path, content: str) -> None:
    if not path.exists():
        path.write_text(f"{content}\n")
        path.chmod(0o644)


if __name__ == "__main__":
    write_secrets(FOLDER)
